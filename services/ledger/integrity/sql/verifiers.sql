-- The verifier keys of a ledger, newest first.
SELECT verifier FROM tree_keys
WHERE ledger_id = %(ledger)s
ORDER BY since DESC, verifier ASC
