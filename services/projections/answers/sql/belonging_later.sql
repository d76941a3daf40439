-- Streams whose group or owner may change after an instant, or by a corrected date.
SELECT e.partner
FROM events AS e
WHERE
    e.ledger_id = %(ledger)s
    AND e.type IN ('GroupJoined', 'GroupLeft', 'OwnerAssigned')
    AND e.position <= %(cut)s
    AND e.occurred_from > %(as_of)s
UNION
SELECT e.partner
FROM events AS c
INNER JOIN events AS e
    ON c.ledger_id = e.ledger_id AND c.data::json ->> 'target' = e.id::text
WHERE
    c.ledger_id = %(ledger)s
    AND c.type = 'EventCorrected'
    AND c.position <= %(cut)s
    AND e.ledger_id = %(ledger)s
    AND e.type IN ('GroupJoined', 'GroupLeft', 'OwnerAssigned')
