-- Ledgers whose rows an older version made, and nobody is making anew.
SELECT a.ledger_id
FROM active_generations AS a
INNER JOIN checkpoints AS c
    ON
        a.ledger_id = c.ledger_id
        AND a.projection = c.projection
        AND a.generation = c.generation
LEFT JOIN checkpoints AS b
    ON
        a.ledger_id = b.ledger_id
        AND a.projection = b.projection
        AND b.state = 'building'
        AND b.version >= %(version)s
WHERE
    a.projection = %(projection)s
    AND c.version < %(version)s
    AND b.ledger_id IS NULL
ORDER BY a.ledger_id
LIMIT 100
