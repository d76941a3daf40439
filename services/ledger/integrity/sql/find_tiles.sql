-- Some tiles of a tree.
SELECT
    height,
    tile,
    nodes
FROM tree_tiles
WHERE
    ledger_id = %(ledger)s
    AND (height, tile) IN (
        SELECT
            wanted.height,
            wanted.tile
        FROM unnest(%(heights)s::integer[], %(tiles)s::bigint[]) AS wanted (height, tile)
    )
