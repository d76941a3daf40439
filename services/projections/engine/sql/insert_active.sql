-- Which generation readers use, for ledgers that have none.
INSERT INTO active_generations (ledger_id, projection, generation)
SELECT
    ledger_heads.ledger_id,
    %(projection)s,
    %(generation)s
FROM ledger_heads
ON CONFLICT (ledger_id, projection) DO NOTHING
