-- Generations on their way to the readers, least recently advanced first.
SELECT
    c.ledger_id,
    c.projection
FROM checkpoints AS c
INNER JOIN unnest(%(projections)s::text[], %(versions)s::integer[]) AS w (name, version)
    ON c.projection = w.name AND c.version = w.version
WHERE c.state IN ('building', 'returning') AND c.error IS NULL
ORDER BY c.advanced_at
LIMIT 1000
