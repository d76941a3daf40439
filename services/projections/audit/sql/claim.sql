-- Claim the audit of a ledger; no row when another worker has it.
SELECT
    id::text,
    seed,
    requested_at
FROM verifications
WHERE ledger_id = %(ledger)s AND finished_at IS NULL
FOR UPDATE SKIP LOCKED
