-- A checkpoint for every ledger that has none of this projection.
INSERT INTO checkpoints (
    ledger_id, projection, generation, version, position, advanced_at
)
SELECT
    ledger_heads.ledger_id,
    %s,
    %s,
    %s,
    0,
    now()
FROM ledger_heads
ON CONFLICT (ledger_id, projection, generation) DO NOTHING
