-- The newest head of a ledger, how many leaves its tree has, and why nothing more is
-- signed, if so.
WITH newest AS (
    SELECT
        note,
        size
    FROM tree_heads
    WHERE ledger_id = %(ledger)s
    ORDER BY size DESC
    LIMIT 1
)

SELECT
    newest.note,
    newest.size,
    trees.size AS leaves,
    trees.halted
FROM trees
LEFT JOIN newest ON TRUE
WHERE trees.ledger_id = %(ledger)s
