-- The same, after any append under way.
SELECT
    position,
    recorded_at
FROM ledger_heads
WHERE ledger_id = %s
FOR SHARE
