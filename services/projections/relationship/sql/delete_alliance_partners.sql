-- Rows of some partners, about to be written anew.
DELETE FROM alliance_partners
WHERE ledger_id = %s AND generation = %s AND partner = any(%s)
