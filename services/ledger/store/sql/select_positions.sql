-- Events of a ledger between positions, of some types or of all.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %(ledger)s
    AND position > %(above)s
    AND position <= %(up_to)s
    AND (%(types)s::text[] IS NULL OR type = any(%(types)s))
ORDER BY position
LIMIT %(max_rows)s
