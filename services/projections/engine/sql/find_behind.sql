-- Ledgers whose head is past what readers use, least recently advanced first.
SELECT
    c.ledger_id,
    c.projection
FROM checkpoints AS c
INNER JOIN ledger_heads AS h ON c.ledger_id = h.ledger_id
INNER JOIN unnest(%(projections)s::text[], %(versions)s::integer[]) AS w (name, version)
    ON c.projection = w.name AND c.version = w.version
WHERE c.position < h.position AND c.state = 'live' AND c.error IS NULL
ORDER BY c.advanced_at
LIMIT 1000
