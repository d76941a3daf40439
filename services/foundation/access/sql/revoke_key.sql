-- Revoke a key; revoking it again changes nothing.
UPDATE keys
SET revoked_at = coalesce(revoked_at, now())
WHERE ledger_id = %(ledger)s AND id = %(id)s
