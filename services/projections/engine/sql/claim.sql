-- Claim a ledger for one step; no row when another worker has it.
SELECT
    c.generation,
    c.position
FROM checkpoints AS c
INNER JOIN active_generations AS a
    ON
        c.ledger_id = a.ledger_id
        AND c.projection = a.projection
        AND c.generation = a.generation
WHERE
    c.ledger_id = %s
    AND c.projection = %s
    AND c.error IS NULL
FOR UPDATE OF c SKIP LOCKED
