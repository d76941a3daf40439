-- Store a key, hashed; storing it again changes nothing.
INSERT INTO keys (
    ledger_id, id, name, hash, scopes, requests_per_second, created_at
)
VALUES (
    %(ledger)s, %(id)s, %(name)s, %(hash)s, %(scopes)s, %(requests)s, now()
)
ON CONFLICT (ledger_id, hash) DO NOTHING
