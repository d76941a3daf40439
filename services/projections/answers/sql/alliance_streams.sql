-- The streams in which an alliance may have been proposed or agreed, corrections included.
SELECT DISTINCT partner
FROM events
WHERE
    ledger_id = %(ledger)s
    AND type IN ('AllianceProposed', 'AllianceAgreed', 'EventCorrected')
    AND position <= %(cut)s
    AND (
        strpos(data, %(own)s) > 0
        OR strpos(data, %(merged)s) > 0
        OR id::text = %(alliance)s
    )
