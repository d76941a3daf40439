-- Some events, and what corrected or retracted anything of their streams by the cut.
SELECT
    position, id::text, partner, version, type, schema, occurred_at, occurred_from,
    occurred_to, recorded_at, recorded_by, causation::text, correlation,
    source_system, source_ref, data, completed
FROM events
WHERE
    ledger_id = %(ledger)s
    AND position <= %(cut)s
    AND (
        id = any(%(ids)s::uuid[])
        OR (
            partner = any(%(streams)s::text[])
            AND type IN ('EventCorrected', 'EventRetracted')
        )
    )
ORDER BY position
