-- A link that lets one browser in.
INSERT INTO links (ledger_id, hash, key_id, created_at, expires_at)
VALUES (
    %(ledger)s, %(hash)s, %(id)s, now(), now() + %(minutes)s * interval '1 minute'
)
