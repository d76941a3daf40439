-- The last position of a ledger, and when it was recorded.
SELECT
    position,
    recorded_at
FROM ledger_heads
WHERE ledger_id = %s
