-- Keep a generation from being given up while a range of it is written; no row when it
-- was, or is about to be.
SELECT generation
FROM checkpoints
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND generation = %(generation)s
    AND state = 'building'
    AND error IS NULL
FOR KEY SHARE SKIP LOCKED
