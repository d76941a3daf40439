-- Deliveries of some partners, and what of each is acknowledged at the cut.
WITH streams AS (
    SELECT
        u.stream,
        u.root
    FROM unnest(%(streams)s::text[], %(roots)s::text[]) AS u (stream, root)
),

made AS (
    SELECT
        s.root,
        d.partner,
        d.ref,
        d.event_id,
        d.acts_from,
        d.side,
        d.unit,
        sum(d.amount) AS amount,
        d.item
    FROM streams AS s
    INNER JOIN item_deliveries AS d ON s.stream = d.partner
    WHERE
        d.ledger_id = %(ledger)s
        AND d.generation = %(generation)s
        AND d.partner = any(%(streams)s::text[])
        AND d.acts_from <= %(as_of)s
        AND d.position <= %(cut)s
    GROUP BY
        s.root, d.partner, d.ref, d.event_id, d.acts_from, d.side, d.unit, d.item
    HAVING sum(d.count) > 0
),

sums AS (
    SELECT
        p.item,
        sum(p.amount) FILTER (WHERE p.account = 'awaiting') AS awaiting,
        sum(p.amount) FILTER (WHERE p.account = 'acknowledged') AS acknowledged,
        sum(p.amount) FILTER (WHERE p.account = 'disputed') AS disputed
    FROM streams AS s
    INNER JOIN item_postings AS p ON s.stream = p.partner
    WHERE
        p.ledger_id = %(ledger)s
        AND p.generation = %(generation)s
        AND p.partner = any(%(streams)s::text[])
        AND p.acts_from <= %(as_of)s
        AND p.position <= %(cut)s
        AND p.kind = 'delivery'
    GROUP BY p.item
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
        unit,
        amount,
        NULL::numeric AS awaiting,
        NULL::numeric AS acknowledged,
        NULL::numeric AS disputed
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
        NULL AS unit,
        NULL AS amount,
        awaiting,
        acknowledged,
        disputed
    FROM sums
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
        unit,
        amount,
        coalesce(max(awaiting) OVER same_item, 0) AS awaiting,
        coalesce(max(acknowledged) OVER same_item, 0) AS acknowledged,
        coalesce(max(disputed) OVER same_item, 0) AS disputed
    FROM facets
    WINDOW same_item AS (PARTITION BY item)
)

SELECT
    root,
    CASE WHEN partner = root THEN ref ELSE item END AS ref,
    partner AS stream,
    side,
    unit,
    amount,
    greatest(awaiting + acknowledged + disputed, 0) AS delivered,
    greatest(acknowledged, 0) AS acknowledged,
    greatest(awaiting, 0) AS awaiting,
    greatest(disputed, 0) AS disputed,
    CASE
        WHEN disputed > 0 THEN 'disputed'
        WHEN awaiting > 0 THEN 'awaiting'
        WHEN acknowledged > 0 THEN 'acknowledged'
        ELSE 'conceded'
    END AS state,
    event_id::text AS event,
    acts_from
FROM items
WHERE root IS NOT NULL
ORDER BY root, ref
