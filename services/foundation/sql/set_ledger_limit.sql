-- What a ledger may grow to.
INSERT INTO ledger_limits (ledger_id, events)
VALUES (%(ledger)s, %(events)s)
ON CONFLICT (ledger_id) DO UPDATE SET events = excluded.events
