-- Whether there is such a ledger.
SELECT 1 FROM ledgers
WHERE ledger_id = %(ledger)s
