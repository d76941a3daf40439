-- A browser's session.
INSERT INTO sessions (ledger_id, hash, key_id, created_at, expires_at)
VALUES (
    %(ledger)s, %(hash)s, %(id)s, now(), now() + %(days)s * interval '1 day'
)
