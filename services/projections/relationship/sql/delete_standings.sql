-- Rows of some partners, about to be written anew.
DELETE FROM standings
WHERE ledger_id = %s AND generation = %s AND partner = any(%s)
