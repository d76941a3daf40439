-- Ledgers whose last audit, or else whose beginning, is long ago.
WITH known AS (
    SELECT
        ledger_id,
        max(finished_at) AS finished_at,
        bool_or(finished_at IS NULL) AS is_waiting
    FROM verifications
    GROUP BY ledger_id
)

SELECT l.ledger_id
FROM ledgers AS l
LEFT JOIN known AS k ON l.ledger_id = k.ledger_id
WHERE
    coalesce(k.finished_at, l.created_at) < now() - %(every)s::interval
    AND k.is_waiting IS NOT TRUE
ORDER BY coalesce(k.finished_at, l.created_at)
LIMIT 100
