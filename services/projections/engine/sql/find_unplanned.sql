-- What is to be built from nothing and is not parted into ranges, and the ledger's head.
SELECT
    c.generation,
    h.position
FROM checkpoints AS c
INNER JOIN ledger_heads AS h ON c.ledger_id = h.ledger_id
LEFT JOIN build_ranges AS r
    ON
        c.ledger_id = r.ledger_id
        AND c.projection = r.projection
        AND c.generation = r.generation
WHERE
    c.ledger_id = %(ledger)s
    AND h.ledger_id = %(ledger)s
    AND c.projection = %(projection)s
    AND c.version = %(version)s
    AND c.state = 'building'
    AND c.position = 0
    AND c.error IS NULL
    AND r.ledger_id IS NULL
