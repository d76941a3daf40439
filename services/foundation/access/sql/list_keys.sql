-- The keys of a ledger, revoked ones too, oldest first.
SELECT
    id,
    name,
    scopes,
    requests_per_second,
    created_at,
    last_used_at,
    revoked_at
FROM keys
WHERE
    ledger_id = %(ledger)s
    AND (created_at, id) > (%(after)s, %(after_id)s)
ORDER BY created_at, id
LIMIT %(most)s
