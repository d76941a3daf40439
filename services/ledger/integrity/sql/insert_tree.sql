-- An empty tree for a ledger that has none yet.
INSERT INTO trees (ledger_id, size, signed)
VALUES (%(ledger)s, 0, 0)
ON CONFLICT (ledger_id) DO NOTHING
