-- A key that was not revoked, and the time zone of its ledger.
SELECT
    keys.name,
    keys.scopes,
    ledgers.time_zone
FROM keys
INNER JOIN ledgers ON keys.ledger_id = ledgers.ledger_id
WHERE
    keys.ledger_id = %s
    AND keys.hash = %s
    AND keys.revoked_at IS NULL
    AND ledgers.ledger_id = %s
