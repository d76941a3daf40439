-- Use a link up; of several who try only one gets a row.
DELETE FROM links
WHERE ledger_id = %(ledger)s AND hash = %(hash)s
RETURNING key_id, expires_at > now() AS in_time
