-- The events of some ids, in order of position.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE ledger_id = %s AND id = any(%s::uuid[])
ORDER BY position
