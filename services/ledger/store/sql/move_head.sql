-- Move the head to the last event of the batch.
UPDATE ledger_heads
SET position = %s, recorded_at = %s
WHERE ledger_id = %s
