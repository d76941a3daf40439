-- The ledgers whose tree lacks events or a signed head.
SELECT ledger_heads.ledger_id
FROM ledger_heads
LEFT JOIN trees ON ledger_heads.ledger_id = trees.ledger_id
WHERE
    trees.ledger_id IS NULL
    OR (
        trees.halted IS NULL
        AND (trees.size < ledger_heads.position OR trees.signed < trees.size)
    )
ORDER BY ledger_heads.ledger_id
