-- Every ledger.
SELECT ledger_id FROM ledgers
ORDER BY ledger_id
