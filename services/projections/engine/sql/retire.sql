-- Generations that nobody will use again; answers that began on them have time to end.
UPDATE checkpoints
SET state = 'dropped', retired_at = now()
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND state = any(%(states)s)
