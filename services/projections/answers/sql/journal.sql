-- The rows of the books that some positions of the log made, in order, and the events that
-- they are about. streams: who is told of there.
WITH told AS (
    SELECT u.partner
    FROM unnest(%(streams)s::text[]) AS u (partner)
)

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
FROM told AS s
CROSS JOIN LATERAL (
    -- OFFSET has each looked up by its key, whatever the statistics say.
    SELECT
        q.partner,
        q.position,
        q.n,
        q.event_id,
        q.acts_from,
        q.count,
        q.side,
        q.account,
        q.unit,
        q.amount,
        q.ref
    FROM postings AS q
    WHERE
        q.ledger_id = %(ledger)s
        AND q.generation = %(generation)s
        AND q.partner = s.partner
        AND q.position BETWEEN %(first)s AND %(last)s
        AND q.acts_from <= %(as_of)s
        AND q.position <= %(cut)s
    ORDER BY q.position, q.n
    OFFSET 0
) AS p
INNER JOIN events AS e ON p.event_id = e.id
WHERE e.ledger_id = %(ledger)s
ORDER BY p.position, p.n
