-- Stop here until somebody looks: the next event cannot be folded.
UPDATE checkpoints
SET error = %s, halted_at = position + 1
WHERE ledger_id = %s AND projection = %s
