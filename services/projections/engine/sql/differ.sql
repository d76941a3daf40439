-- What was built has other rows than what readers use, who keep that.
UPDATE checkpoints
SET state = 'differs', error = %(error)s
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND generation = %(generation)s
