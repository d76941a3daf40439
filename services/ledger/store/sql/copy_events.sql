-- Append events.
COPY events (
    ledger_id, position, id, partner, version, type, schema, occurred_at,
    occurred_from, occurred_to, recorded_at, recorded_by, causation, correlation,
    source_system, source_ref, data, completed
) FROM STDIN
