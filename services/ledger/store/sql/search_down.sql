-- The log, newest first. A line whose parameter is not given is left out.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %(ledger)s
    AND position > %(above)s
    AND position < %(below)s
    AND position <= %(top)s
    AND partner = %(partner)s
    AND type = any(%(types)s)
    AND occurred_to >= %(occurred_first)s
    AND occurred_from <= %(occurred_last)s
    AND recorded_by = %(recorded_by)s
    AND hashtextextended(correlation, 0) = hashtextextended(%(correlated)s, 0)
    AND correlation = %(correlated)s
    AND causation = %(caused_by)s::uuid
    AND source_system = %(source_system)s
    AND hashtextextended(source_ref, 0) = hashtextextended(%(source_ref)s, 0)
    AND source_ref = %(source_ref)s
ORDER BY position DESC
LIMIT %(max_rows)s
