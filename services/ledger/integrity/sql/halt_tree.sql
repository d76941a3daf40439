-- Sign no more of a tree, even if it has not begun.
INSERT INTO trees (ledger_id, size, signed, halted)
VALUES (%(ledger)s, 0, 0, %(why)s)
ON CONFLICT (ledger_id) DO UPDATE SET halted = excluded.halted
