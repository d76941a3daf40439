-- The head of an empty log.
INSERT INTO ledger_heads (ledger_id, position, recorded_at)
VALUES (%s, 0, 'epoch')
ON CONFLICT (ledger_id) DO NOTHING
