-- Events of a stream between versions.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %(ledger)s
    AND partner = %(stream)s
    AND version > %(above)s
    AND version <= %(up_to)s
ORDER BY version DESC
LIMIT %(max_rows)s
