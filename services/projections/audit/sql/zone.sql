-- The time zone of a ledger.
SELECT time_zone
FROM ledgers
WHERE ledger_id = %(ledger)s
