-- Every partner identified by a position.
SELECT partner
FROM events
WHERE ledger_id = %s AND type = 'PartnerIdentified' AND position <= %s
