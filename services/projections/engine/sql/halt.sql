-- Stop here until somebody looks: the next event cannot be folded.
UPDATE checkpoints
SET error = %(error)s, halted_at = position + 1
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND generation = %(generation)s
    AND position = %(position)s
