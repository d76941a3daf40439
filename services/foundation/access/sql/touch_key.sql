-- Note that a key is in use, at most once a minute.
UPDATE keys
SET last_used_at = now()
WHERE
    ledger_id = %(ledger)s
    AND id = %(id)s
    AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
