-- Make a ledger; its time zone is fixed from then on.
INSERT INTO ledgers (ledger_id, time_zone, created_at)
VALUES (%s, %s, now())
ON CONFLICT (ledger_id) DO NOTHING
