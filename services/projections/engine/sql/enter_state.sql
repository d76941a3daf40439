-- A generation becomes something else.
UPDATE checkpoints
SET state = %(new)s, begun_at = now()
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND state = %(state)s
