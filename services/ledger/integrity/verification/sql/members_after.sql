-- The next members of records, in their order, without the ledger.
SELECT
    position,
    id::text,
    partner,
    version,
    type,
    schema,
    occurred_at,
    to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    AS recorded_at,
    recorded_by,
    causation::text,
    correlation,
    source_system,
    source_ref,
    data,
    completed
FROM events
WHERE ledger_id = %(ledger)s AND position > %(after)s
ORDER BY position
LIMIT %(most)s
