-- The newest results of all ledgers together.
WITH newest AS (
    SELECT
        ledger_id,
        max(finished_at) AS finished_at
    FROM verifications
    GROUP BY ledger_id
)

SELECT
    count(*) AS ledgers,
    count(*) FILTER (WHERE NOT v.ok) AS failing,
    coalesce(sum(v.found), 0)::bigint AS problems,
    min(v.finished_at) AS oldest_finished_at
FROM verifications AS v
INNER JOIN newest
    ON v.ledger_id = newest.ledger_id AND v.finished_at = newest.finished_at
