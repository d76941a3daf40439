-- The events of some types in some streams, in order of position.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %(ledger)s
    AND partner = any(%(streams)s::text[])
    AND type = any(%(types)s::text[])
    AND position <= %(cut)s
ORDER BY position
