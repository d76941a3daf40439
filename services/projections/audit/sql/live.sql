-- The generation of each projection that readers use.
SELECT
    c.projection,
    c.version,
    c.generation,
    c.position
FROM checkpoints AS c
INNER JOIN active_generations AS a
    ON
        c.ledger_id = a.ledger_id
        AND c.projection = a.projection
        AND c.generation = a.generation
WHERE c.ledger_id = %(ledger)s AND a.ledger_id = %(ledger)s
