-- Rows of some partners, about to be written anew.
DELETE FROM open_promises
WHERE ledger_id = %s AND generation = %s AND partner = any(%s)
