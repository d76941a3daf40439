-- The newest head of a ledger, and why nothing more is signed, if so.
SELECT
    tree_heads.note,
    tree_heads.size,
    trees.halted
FROM tree_heads
INNER JOIN trees ON tree_heads.ledger_id = trees.ledger_id
WHERE tree_heads.ledger_id = %(ledger)s AND trees.ledger_id = %(ledger)s
ORDER BY tree_heads.size DESC
LIMIT 1
