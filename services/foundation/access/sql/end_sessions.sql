-- A key that is revoked takes its browsers with it.
DELETE FROM sessions
WHERE ledger_id = %(ledger)s AND key_id = %(id)s
