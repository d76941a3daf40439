-- Every merge recorded by a position, in force or retracted, in order.
SELECT
    partner,
    data::json ->> 'into' AS into_partner
FROM events
WHERE ledger_id = %s AND type = 'PartnerMerged' AND position <= %s
ORDER BY position
