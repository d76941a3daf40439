-- Every ledger, how much it holds and what it may grow to; for the command line only.
SELECT
    ledgers.ledger_id AS name,
    ledgers.time_zone,
    ledgers.created_at,
    ledger_heads.position AS events,
    ledger_limits.events AS max_events
FROM ledgers
INNER JOIN ledger_heads ON ledgers.ledger_id = ledger_heads.ledger_id
LEFT JOIN ledger_limits ON ledgers.ledger_id = ledger_limits.ledger_id
ORDER BY ledgers.ledger_id
