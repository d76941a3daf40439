-- What corrected or retracted an event: later in its stream.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %s
    AND partner = %s
    AND version > %s
    AND type IN ('EventCorrected', 'EventRetracted')
    AND data::json ->> 'target' = %s
ORDER BY version
