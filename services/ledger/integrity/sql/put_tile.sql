-- A tile that is new, or fuller than before.
INSERT INTO tree_tiles (ledger_id, height, tile, nodes)
VALUES (%(ledger)s, %(height)s, %(tile)s, %(nodes)s)
ON CONFLICT (ledger_id, height, tile) DO UPDATE SET nodes = excluded.nodes
