-- Which of some partners were ever said to be a person, corrected since or not.
SELECT DISTINCT partner
FROM events
WHERE
    ledger_id = %s
    AND partner = any(%s)
    AND type IN ('PartnerIdentified', 'EventCorrected')
    AND (
        (type = 'PartnerIdentified' AND data::json ->> 'kind' = 'person')
        OR (data::json #>> '{data,kind}' = 'person' AND data::json #> '{data,name}' IS NOT NULL)
    )
