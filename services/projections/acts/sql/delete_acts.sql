-- Acts about to be written anew.
DELETE FROM acts
WHERE ledger_id = %s AND generation = %s AND partner = any(%s)
