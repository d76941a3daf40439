-- Of each projection of a ledger: the generation that readers use, how far it is, and
-- whether it has stopped.
SELECT
    a.projection,
    c.generation,
    c.position,
    c.error IS NOT NULL AS halted
FROM active_generations AS a
INNER JOIN checkpoints AS c
    ON
        a.ledger_id = c.ledger_id
        AND a.projection = c.projection
        AND a.generation = c.generation
WHERE a.ledger_id = %(ledger)s AND c.ledger_id = %(ledger)s
ORDER BY c.position, a.projection
