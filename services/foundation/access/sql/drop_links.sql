-- And the links that were not used yet.
DELETE FROM links
WHERE ledger_id = %(ledger)s AND key_id = %(id)s
