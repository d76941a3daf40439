-- How far a tree has come.
UPDATE trees SET size = %(size)s
WHERE ledger_id = %(ledger)s
