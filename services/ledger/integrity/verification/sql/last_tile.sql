-- The last tile of a height of the tree.
SELECT tile, nodes
FROM tree_tiles
WHERE ledger_id = %(ledger)s AND height = %(height)s
ORDER BY tile DESC
LIMIT 1
