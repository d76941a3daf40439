-- The erasures of a ledger.
SELECT
    position, id::text, partner, version, type, schema,
    occurred_at, occurred_from, occurred_to, recorded_at, recorded_by,
    causation::text, correlation, source_system, source_ref, data, completed
FROM events
WHERE ledger_id = %(ledger)s AND type = 'PersonalDataErased'
ORDER BY position
