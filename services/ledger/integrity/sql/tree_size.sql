-- How many leaves a tree has.
SELECT size FROM trees
WHERE ledger_id = %(ledger)s
