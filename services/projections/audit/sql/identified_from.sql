-- The first partner identified at a position or later.
SELECT partner
FROM events
WHERE
    ledger_id = %(ledger)s
    AND type = 'PartnerIdentified'
    AND position >= %(position)s
ORDER BY position
LIMIT 1
