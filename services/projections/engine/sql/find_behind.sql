-- Ledgers whose head is past a checkpoint, least recently advanced first.
SELECT
    c.ledger_id,
    c.projection
FROM checkpoints AS c
INNER JOIN ledger_heads AS h ON c.ledger_id = h.ledger_id
WHERE c.position < h.position AND c.error IS NULL
ORDER BY c.advanced_at
LIMIT 1000
