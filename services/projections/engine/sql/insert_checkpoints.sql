-- A checkpoint for every ledger that has none of this projection.
INSERT INTO checkpoints (
    ledger_id, projection, generation, version, position, advanced_at
)
SELECT
    ledger_heads.ledger_id,
    %s AS projection,
    %s AS generation,
    %s AS version,
    0 AS position,
    now() AS advanced_at
FROM ledger_heads
ON CONFLICT (ledger_id, projection, generation) DO NOTHING
