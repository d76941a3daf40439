-- Build no further until somebody looks: an event cannot be folded.
UPDATE checkpoints
SET error = %(error)s, halted_at = %(halted_at)s
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND generation = %(generation)s
    AND state = 'building'
