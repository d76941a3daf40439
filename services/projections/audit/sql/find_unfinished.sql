-- Ledgers that are to be audited, in the order asked.
SELECT ledger_id
FROM verifications
WHERE finished_at IS NULL
ORDER BY requested_at
LIMIT 100
