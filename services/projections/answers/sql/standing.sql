-- How far a projection is, on the rows that readers use.
SELECT c.position
FROM active_generations AS a
INNER JOIN checkpoints AS c
    ON
        a.ledger_id = c.ledger_id
        AND a.projection = c.projection
        AND a.generation = c.generation
WHERE a.ledger_id = %s AND a.projection = %s
