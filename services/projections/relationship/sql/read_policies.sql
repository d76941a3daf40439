-- The events of a ledger's own stream that say how stages are judged.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %(ledger)s
    AND partner = %(stream)s
    AND type IN ('StagePolicyPublished', 'EventCorrected', 'EventRetracted')
    AND position <= %(cut)s
ORDER BY position
