-- The position of a ledger's last event.
SELECT position
FROM ledger_heads
WHERE ledger_id = %s
