-- What was built cannot take its place until somebody looks.
UPDATE checkpoints
SET error = %(error)s
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND generation = %(generation)s
    AND state IN ('building', 'returning')
