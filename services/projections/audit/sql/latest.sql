-- The newest result of a ledger.
SELECT
    id::text AS id,
    started_at,
    finished_at,
    position,
    seed,
    ok,
    checked::json AS checked,
    found,
    problems::json AS problems
FROM verifications
WHERE ledger_id = %(ledger)s AND finished_at IS NOT NULL
ORDER BY finished_at DESC, id DESC
LIMIT 1
