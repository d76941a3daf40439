-- Every ledger of which there is any trace; for the command line only.
SELECT ledger_id FROM ledgers
UNION
SELECT ledger_id FROM ledger_heads
UNION
SELECT ledger_id FROM trees
UNION
SELECT ledger_id FROM tree_heads
ORDER BY ledger_id
