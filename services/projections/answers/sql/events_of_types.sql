-- The events of some streams that are of some types, as known at the cut, in order.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %(ledger)s
    AND partner = any(%(streams)s)
    AND type = any(%(types)s)
    AND position <= %(cut)s
ORDER BY position
