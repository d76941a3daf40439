-- Up to where a tree's newest head reaches.
UPDATE trees SET signed = %(size)s
WHERE ledger_id = %(ledger)s
