-- What was recorded under some keys.
SELECT
    key,
    fingerprint,
    positions
FROM idempotency
WHERE ledger_id = %s AND key = any(%s)
