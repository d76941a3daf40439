-- Tell whoever listens that a ledger has new events.
SELECT pg_notify('ledger_events', %s)
