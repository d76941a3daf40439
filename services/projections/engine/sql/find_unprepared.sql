-- A ledger that this projection does not know yet.
SELECT h.ledger_id
FROM ledger_heads AS h
LEFT JOIN checkpoints AS c
    ON
        h.ledger_id = c.ledger_id
        AND c.projection = %s
        AND c.generation = %s
WHERE c.ledger_id IS NULL
ORDER BY h.ledger_id
LIMIT 1
