-- A head that was signed.
INSERT INTO tree_heads (ledger_id, size, note, signed_at)
VALUES (%(ledger)s, %(size)s, %(note)s, now())
ON CONFLICT (ledger_id, size) DO NOTHING
