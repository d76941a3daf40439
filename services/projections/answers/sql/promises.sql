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
        q.item
    FROM streams AS s
    INNER JOIN item_promises AS q ON s.stream = q.partner
    WHERE
        q.ledger_id = %(ledger)s
        AND q.generation = %(generation)s
        AND q.partner = any(%(streams)s::text[])
        AND q.kind = %(kind)s
        AND q.acts_from <= %(as_of)s
        AND q.position <= %(cut)s
    GROUP BY
        s.root, q.partner, q.ref, q.event_id, q.acts_from, q.side, q.help,
        q.quantified, q.unit, q.amount, q.until, q.until_at, q.item
    HAVING sum(q.count) > 0
),

sums AS (
    SELECT
        p.item,
        sum(p.amount) FILTER (WHERE p.leg = 'promise') AS total,
        -sum(p.amount) FILTER (WHERE p.leg = 'delivery') AS against
    FROM streams AS s
    INNER JOIN item_postings AS p ON s.stream = p.partner
    WHERE
        p.ledger_id = %(ledger)s
        AND p.generation = %(generation)s
        AND p.partner = any(%(streams)s::text[])
        AND p.acts_from <= %(as_of)s
        AND p.position <= %(cut)s
        AND p.kind = %(kind)s
    GROUP BY p.item
),

marks AS (
    SELECT
        k.item,
        max(k.marker) FILTER (WHERE k.closes) AS closed_as,
        bool_or(NOT k.closes) AS is_accepted
    FROM (
        SELECT
            m.item,
            m.marker,
            m.closes
        FROM streams AS s
        INNER JOIN item_markers AS m ON s.stream = m.partner
        WHERE
            m.ledger_id = %(ledger)s
            AND m.generation = %(generation)s
            AND m.partner = any(%(streams)s::text[])
            AND m.kind = %(kind)s
            AND m.acts_from <= %(as_of)s
            AND m.position <= %(cut)s
        GROUP BY m.item, m.marker, m.closes
        HAVING sum(m.count) > 0
    ) AS k
    GROUP BY k.item
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
        NULL::text AS closed_as,
        NULL::boolean AS is_accepted
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
        NULL AS closed_as,
        NULL AS is_accepted
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
        closed_as,
        is_accepted
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
        until,
        until_at < %(as_of)s AS is_past,
        greatest(coalesce(max(total) OVER same_item, amount), 0) AS total,
        greatest(coalesce(max(against) OVER same_item, 0), 0) AS against,
        max(closed_as) OVER same_item AS closed_as,
        bool_or(is_accepted) OVER same_item AS is_accepted
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
    total,
    against,
    promise_remaining(closed_as, total, against) AS remaining,
    promise_state(%(kind)s, closed_as, is_accepted, is_past) AS state,
    coalesce(is_past AND promise_remaining(closed_as, total, against) > 0, FALSE)
        AS overdue,
    until,
    event_id::text AS event,
    acts_from
FROM items
WHERE root IS NOT NULL
ORDER BY root, ref
