-- The events of some streams that tell who a partner is.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %s
    AND partner = any(%s)
    AND type = any(%s)
    AND position <= %s
ORDER BY position
