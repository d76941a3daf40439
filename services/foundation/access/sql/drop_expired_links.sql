-- Links of a ledger that nobody used in time.
DELETE FROM links
WHERE ledger_id = %(ledger)s AND expires_at <= now()
