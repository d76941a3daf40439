-- What the head says against the last event, as one moment shows both.
SELECT
    h.position,
    coalesce((
        SELECT max(e.position)
        FROM events AS e
        WHERE e.ledger_id = %(ledger)s
    ), 0) AS last
FROM ledger_heads AS h
WHERE h.ledger_id = %(ledger)s
