-- Store a key, hashed; storing it again changes nothing.
INSERT INTO keys (ledger_id, id, name, hash, scopes, created_at)
VALUES (%s, %s, %s, %s, %s, now())
ON CONFLICT (ledger_id, hash) DO NOTHING
