-- All trees together, and for how long the one that has waited longest for a head has.
SELECT
    coalesce(sum(trees.size), 0)::bigint AS leaves,
    coalesce(sum(trees.signed), 0)::bigint AS signed,
    count(trees.halted) AS halted,
    coalesce(
        max(extract(EPOCH FROM now() - coalesce(newest.signed_at, log.recorded_at)))
        FILTER (WHERE trees.signed IS DISTINCT FROM log.position), 0
    )::float AS waited
FROM ledger_heads AS log
LEFT JOIN trees ON log.ledger_id = trees.ledger_id
LEFT JOIN tree_heads AS newest
    ON trees.ledger_id = newest.ledger_id AND trees.signed = newest.size
WHERE log.position > 0
