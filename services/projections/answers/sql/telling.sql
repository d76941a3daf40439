-- What tells whether a partner was known at the cut.
SELECT
    id::text AS id,
    type,
    data::json ->> 'target' AS target
FROM events
WHERE
    ledger_id = %(ledger)s
    AND partner = %(partner)s
    AND type IN ('PartnerIdentified', 'EventRetracted')
    AND position <= %(cut)s
ORDER BY position
