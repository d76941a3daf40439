-- People about to be written anew.
DELETE FROM act_people
WHERE ledger_id = %s AND generation = %s AND stream = any(%s)
