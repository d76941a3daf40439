-- Promises of one side that are open, the soonest due first: offers that nobody has
-- answered, those whose day has passed or the others, or commitments of which something
-- remains.
SELECT
    p.partner,
    p.ref,
    p.help,
    p.quantified,
    p.unit,
    p.total,
    p.delivered,
    p.until,
    coalesce(p.until_at < %(as_of)s, FALSE) AS is_past,
    p.event_id::text AS event,
    p.acts_from,
    p.until_at
FROM open_promises AS p
INNER JOIN relationships AS r
    ON
        p.ledger_id = r.ledger_id
        AND p.generation = r.generation
        AND p.partner = r.partner
WHERE
    p.ledger_id = %(ledger)s
    AND p.generation = %(generation)s
    AND r.ledger_id = %(ledger)s
    AND r.generation = %(generation)s
    AND p.kind = %(kind)s
    AND p.side = %(side)s
    AND (
        (p.kind = 'offer' AND NOT p.accepted)
        OR (
            p.kind = 'commitment'
            AND (p.total > p.delivered OR NOT p.quantified)
        )
    )
    AND NOT r.partner = any(%(folded)s::text[])
    AND (%(owner)s::text IS NULL OR r.owner = %(owner)s)
    AND r.known_from <= %(cut)s
    AND (
        %(is_past)s::boolean IS NULL
        OR coalesce(p.until_at < %(as_of)s, FALSE) = %(is_past)s
    )
ORDER BY p.until_at, p.partner, p.ref
LIMIT %(max_rows)s
