-- The next tiles of a height of the tree.
SELECT tile, nodes
FROM tree_tiles
WHERE ledger_id = %(ledger)s AND height = %(height)s AND tile > %(after)s
ORDER BY tile
LIMIT %(most)s
