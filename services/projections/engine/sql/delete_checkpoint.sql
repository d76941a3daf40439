-- A generation whose rows are gone.
DELETE FROM checkpoints
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND generation = %(generation)s
    AND state = 'dropped'
