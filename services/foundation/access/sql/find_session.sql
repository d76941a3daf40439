-- The key that a session came in with, and the time zone of its ledger.
SELECT
    keys.id,
    keys.name,
    keys.scopes,
    keys.requests_per_second,
    ledgers.time_zone
FROM sessions
INNER JOIN keys
    ON sessions.ledger_id = keys.ledger_id AND sessions.key_id = keys.id
INNER JOIN ledgers ON sessions.ledger_id = ledgers.ledger_id
WHERE
    sessions.ledger_id = %(ledger)s
    AND keys.ledger_id = %(ledger)s
    AND ledgers.ledger_id = %(ledger)s
    AND sessions.hash = %(hash)s
    AND sessions.expires_at > now()
    AND keys.revoked_at IS NULL
