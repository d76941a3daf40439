-- A generation that is to be built.
INSERT INTO checkpoints (
    ledger_id, projection, generation, version, position, advanced_at, begun_at, state
)
VALUES (
    %(ledger)s, %(projection)s, %(generation)s, %(version)s, 0, now(), now(), 'building'
)
