-- The audit of a ledger that is waiting or under way.
SELECT
    id::text,
    seed,
    requested_at
FROM verifications
WHERE ledger_id = %(ledger)s AND finished_at IS NULL
