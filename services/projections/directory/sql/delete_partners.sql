-- Rows about to be written anew.
DELETE FROM directory
WHERE ledger_id = %s AND generation = %s AND partner = any(%s)
