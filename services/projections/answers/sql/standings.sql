-- How far each projection of a ledger is, on the rows that readers use.
SELECT
    a.projection,
    c.position
FROM active_generations AS a
INNER JOIN checkpoints AS c
    ON
        a.ledger_id = c.ledger_id
        AND a.projection = c.projection
        AND a.generation = c.generation
WHERE a.ledger_id = %(ledger)s AND c.ledger_id = %(ledger)s
ORDER BY c.position, a.projection
