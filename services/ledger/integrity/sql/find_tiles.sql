-- One tile of a tree.
SELECT nodes FROM tree_tiles
WHERE ledger_id = %(ledger)s AND height = %(height)s AND tile = %(tile)s
