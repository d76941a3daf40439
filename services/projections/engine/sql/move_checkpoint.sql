-- The last position applied.
UPDATE checkpoints
SET position = %s, advanced_at = now()
WHERE ledger_id = %s AND projection = %s AND generation = %s
