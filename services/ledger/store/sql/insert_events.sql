-- Append events, few at a time.
INSERT INTO events (
    ledger_id, position, id, partner, version, type, schema, occurred_at,
    occurred_from, occurred_to, recorded_at, recorded_by, causation, correlation,
    source_system, source_ref, data, completed
)
SELECT
    %s,
    u.*
FROM unnest(
    %s::bigint [], %s::uuid [], %s::text [], %s::bigint [], %s::text [],
    %s::integer [], %s::text [], %s::timestamptz [], %s::timestamptz [],
    %s::timestamptz [], %s::text [], %s::uuid [], %s::text [], %s::text [],
    %s::text [], %s::text [], %s::text []
) AS u
