-- A verifier key that a ledger's heads are signed with.
INSERT INTO tree_keys (ledger_id, verifier, since)
VALUES (%(ledger)s, %(verifier)s, now())
ON CONFLICT (ledger_id, verifier) DO NOTHING
