-- The next rows of the books of all partners, in order, and the events they are about.
SELECT
    p.position,
    p.n,
    p.event_id::text AS event,
    e.type,
    e.position AS recorded_at_position,
    p.acts_from,
    p.count,
    p.partner,
    p.side,
    p.account,
    p.unit,
    p.amount,
    p.ref
FROM (
    SELECT
        position,
        n,
        event_id,
        acts_from,
        count,
        partner,
        side,
        account,
        unit,
        amount,
        ref
    FROM postings
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
        AND (position, n) > (%(after)s, %(after_n)s)
    ORDER BY position, n
    LIMIT %(max_rows)s
) AS p
INNER JOIN events AS e ON p.event_id = e.id
WHERE e.ledger_id = %(ledger)s
ORDER BY p.position, p.n
