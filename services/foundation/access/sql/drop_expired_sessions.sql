-- Sessions of a ledger that are over.
DELETE FROM sessions
WHERE ledger_id = %(ledger)s AND expires_at <= now()
