-- A key that was not revoked, and the time zone of its ledger.
SELECT
    keys.id,
    keys.name,
    keys.scopes,
    keys.requests_per_second,
    ledgers.time_zone
FROM keys
INNER JOIN ledgers ON keys.ledger_id = ledgers.ledger_id
WHERE
    keys.ledger_id = %(ledger)s
    AND ledgers.ledger_id = %(ledger)s
    AND keys.hash = %(hash)s
    AND keys.revoked_at IS NULL
