-- A checkpoint for every ledger that this projection does not know yet.
INSERT INTO checkpoints (
    ledger_id, projection, generation, version, position, advanced_at
)
SELECT
    h.ledger_id,
    %(projection)s,
    %(generation)s,
    %(version)s,
    0 AS position,
    now() AS advanced_at
FROM ledger_heads AS h
LEFT JOIN active_generations AS a
    ON h.ledger_id = a.ledger_id AND a.projection = %(projection)s
WHERE a.ledger_id IS NULL
ON CONFLICT (ledger_id, projection, generation) DO NOTHING
