-- The events of a range of partners, each partner's in order.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %(ledger)s
    AND partner >= %(first)s
    AND partner < %(before)s
    AND position <= %(up_to)s
ORDER BY partner, version
