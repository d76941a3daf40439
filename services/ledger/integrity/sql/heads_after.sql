-- The next heads of a ledger, smallest first.
SELECT
    size,
    note
FROM tree_heads
WHERE ledger_id = %(ledger)s AND size > %(after)s
ORDER BY size
LIMIT %(most)s
