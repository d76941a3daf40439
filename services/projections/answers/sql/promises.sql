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
        AND q.partner = any(%(streams)s::text[])
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
        AND p.partner = any(%(streams)s::text[])
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
            AND k.partner = any(%(streams)s::text[])
            AND k.kind = %(kind)s
            AND k.acts_from <= %(as_of)s
            AND k.position <= %(cut)s
        GROUP BY k.partner, k.ref, k.marker, k.event_id
        HAVING sum(k.count) > 0
    ) AS m
    GROUP BY item
),

facets AS (
    SELECT
        item,
        root,
        partner,
        ref,
        event_id,
        acts_from,
        side,
        help,
        quantified,
        unit,
        amount,
        until,
        until_at,
        NULL::numeric AS total,
        NULL::numeric AS against,
        NULL::text[] AS all_marks
    FROM made
    UNION ALL
    SELECT
        item,
        NULL AS root,
        NULL AS partner,
        NULL AS ref,
        NULL AS event_id,
        NULL AS acts_from,
        NULL AS side,
        NULL AS help,
        NULL AS quantified,
        NULL AS unit,
        NULL AS amount,
        NULL AS until,
        NULL AS until_at,
        total,
        against,
        NULL AS all_marks
    FROM sums
    UNION ALL
    SELECT
        item,
        NULL AS root,
        NULL AS partner,
        NULL AS ref,
        NULL AS event_id,
        NULL AS acts_from,
        NULL AS side,
        NULL AS help,
        NULL AS quantified,
        NULL AS unit,
        NULL AS amount,
        NULL AS until,
        NULL AS until_at,
        NULL AS total,
        NULL AS against,
        all_marks
    FROM marks
),

items AS (
    SELECT
        item,
        root,
        partner,
        ref,
        event_id,
        acts_from,
        side,
        help,
        quantified,
        unit,
        amount,
        until,
        until_at,
        max(total) OVER same_item AS total,
        max(against) OVER same_item AS against,
        max(all_marks) OVER same_item AS all_marks
    FROM facets
    WINDOW same_item AS (PARTITION BY item)
)

SELECT
    root,
    CASE WHEN partner = root THEN ref ELSE item END AS ref,
    side,
    help,
    quantified,
    unit,
    greatest(coalesce(total, amount), 0) AS total,
    greatest(coalesce(against, 0), 0) AS against,
    coalesce(all_marks, '{}') AS all_marks,
    until,
    until_at < %(as_of)s AS is_past,
    event_id::text AS event,
    acts_from
FROM items
WHERE root IS NOT NULL
ORDER BY root, ref
