-- Have every process forget what it remembers of a ledger's keys.
SELECT pg_notify('ledger_keys', %(ledger)s)
