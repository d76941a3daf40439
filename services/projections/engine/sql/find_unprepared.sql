-- A ledger that this projection does not know yet.
SELECT h.ledger_id
FROM ledger_heads AS h
LEFT JOIN active_generations AS a
    ON h.ledger_id = a.ledger_id AND a.projection = %(projection)s
WHERE a.ledger_id IS NULL
ORDER BY h.ledger_id
LIMIT 1
