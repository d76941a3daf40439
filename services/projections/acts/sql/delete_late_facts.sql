-- Late facts about to be written anew.
DELETE FROM late_facts
WHERE ledger_id = %s AND generation = %s AND partner = any(%s)
