-- A browser signs out.
DELETE FROM sessions
WHERE ledger_id = %(ledger)s AND hash = %(hash)s
