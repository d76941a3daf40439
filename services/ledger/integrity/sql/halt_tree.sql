-- Sign no more of a tree.
UPDATE trees SET halted = %(why)s
WHERE ledger_id = %(ledger)s
