-- Claim a generation for one step; no row when another worker has it, or when its rows
-- are of another version's making.
SELECT
    c.generation,
    c.position
FROM checkpoints AS c
WHERE
    c.ledger_id = %(ledger)s
    AND c.projection = %(projection)s
    AND c.version = %(version)s
    AND c.state = any(%(states)s)
    AND c.error IS NULL
FOR UPDATE OF c SKIP LOCKED
