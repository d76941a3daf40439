-- Offers or commitments of some partners, and what became of each at the cut.
WITH streams AS (
    SELECT
        u.stream,
        u.root
    FROM unnest(%(streams)s::text[], %(roots)s::text[]) AS u (stream, root)
),

made AS (
    SELECT
        s.root,
        q.partner,
        q.ref,
        q.event_id,
        q.acts_from,
        q.side,
        q.help,
        q.quantified,
        q.unit,
        q.amount,
        q.until,
        q.until_at,
        q.partner || '/' || q.ref AS item
    FROM streams AS s
    INNER JOIN promises AS q ON s.stream = q.partner
    WHERE
        q.ledger_id = %(ledger)s
        AND q.generation = %(generation)s
        AND q.kind = %(kind)s
        AND q.acts_from <= %(as_of)s
        AND q.position <= %(cut)s
    GROUP BY
        s.root, q.partner, q.ref, q.event_id, q.acts_from, q.side, q.help,
        q.quantified, q.unit, q.amount, q.until, q.until_at
    HAVING sum(q.count) > 0
),

sums AS (
    SELECT
        CASE
            WHEN position('/' IN p.ref) > 0 THEN p.ref ELSE p.partner || '/' || p.ref
        END AS item,
        sum(p.amount) FILTER (WHERE p.leg = 'promise') AS total,
        -sum(p.amount) FILTER (WHERE p.leg = 'delivery') AS against
    FROM streams AS s
    INNER JOIN postings AS p ON s.stream = p.partner
    WHERE
        p.ledger_id = %(ledger)s
        AND p.generation = %(generation)s
        AND p.acts_from <= %(as_of)s
        AND p.position <= %(cut)s
        AND p.account = any(%(accounts)s)
    GROUP BY item
),

marks AS (
    SELECT
        CASE
            WHEN position('/' IN m.ref) > 0 THEN m.ref ELSE m.partner || '/' || m.ref
        END AS item,
        array_agg(DISTINCT m.marker) AS all_marks
    FROM (
        SELECT
            k.partner,
            k.ref,
            k.marker
        FROM streams AS s
        INNER JOIN markers AS k ON s.stream = k.partner
        WHERE
            k.ledger_id = %(ledger)s
            AND k.generation = %(generation)s
            AND k.kind = %(kind)s
            AND k.acts_from <= %(as_of)s
            AND k.position <= %(cut)s
        GROUP BY k.partner, k.ref, k.marker, k.event_id
        HAVING sum(k.count) > 0
    ) AS m
    GROUP BY item
)

SELECT
    made.root,
    CASE WHEN made.partner = made.root THEN made.ref ELSE made.item END AS ref,
    made.side,
    made.help,
    made.quantified,
    made.unit,
    greatest(coalesce(sums.total, made.amount), 0) AS total,
    greatest(coalesce(sums.against, 0), 0) AS against,
    coalesce(marks.all_marks, '{}') AS all_marks,
    made.until,
    made.until_at < %(as_of)s AS is_past,
    made.event_id::text AS event,
    made.acts_from
FROM made
LEFT JOIN sums ON made.item = sums.item
LEFT JOIN marks ON made.item = marks.item
ORDER BY made.root, ref
