-- Every amount per partner, unit and side: summed and floored per item, then added.
-- streams and roots pair the streams to read with the partner that they answer for.
-- What belongs to an item meets in a window and not by joins: after a large import there
-- are no statistics yet, and joins were planned as nested loops.
WITH streams AS (
    SELECT
        u.stream,
        u.root
    FROM unnest(%(streams)s::text[], %(roots)s::text[]) AS u (stream, root)
),

sums AS (
    SELECT
        s.root,
        p.side,
        p.unit,
        p.kind,
        p.item,
        sum(p.count) AS rows_in_force,
        sum(p.amount) FILTER (WHERE p.leg = 'promise') AS total,
        -sum(p.amount) FILTER (WHERE p.leg = 'delivery') AS against,
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
    GROUP BY s.root, p.side, p.unit, p.kind, p.item
),

marks AS (
    SELECT
        s.root,
        m.kind,
        m.item,
        coalesce(sum(m.count) FILTER (WHERE NOT m.closes), 0) > 0 AS accepted,
        coalesce(sum(m.count) FILTER (WHERE m.closes), 0) > 0 AS closed
    FROM streams AS s
    INNER JOIN item_markers AS m ON s.stream = m.partner
    WHERE
        m.ledger_id = %(ledger)s
        AND m.generation = %(generation)s
        AND m.partner = any(%(streams)s::text[])
        AND m.acts_from <= %(as_of)s
        AND m.position <= %(cut)s
    GROUP BY s.root, m.kind, m.item
),

lapses AS (
    SELECT
        s.root,
        q.item
    FROM streams AS s
    INNER JOIN item_promises AS q ON s.stream = q.partner
    WHERE
        q.ledger_id = %(ledger)s
        AND q.generation = %(generation)s
        AND q.partner = any(%(streams)s::text[])
        AND q.acts_from <= %(as_of)s
        AND q.position <= %(cut)s
        AND q.kind = 'offer'
        AND q.until_at < %(as_of)s
    GROUP BY s.root, q.item
    HAVING sum(q.count) > 0
),

facets AS (
    SELECT
        root,
        kind,
        item,
        side,
        unit,
        total,
        against,
        awaiting,
        acknowledged,
        disputed,
        FALSE AS accepted,
        FALSE AS closed,
        FALSE AS lapsed
    FROM sums
    WHERE rows_in_force > 0
    UNION ALL
    SELECT
        root,
        kind,
        item,
        NULL AS side,
        NULL AS unit,
        NULL AS total,
        NULL AS against,
        NULL AS awaiting,
        NULL AS acknowledged,
        NULL AS disputed,
        accepted,
        closed,
        FALSE AS lapsed
    FROM marks
    UNION ALL
    SELECT
        root,
        'offer' AS kind,
        item,
        NULL AS side,
        NULL AS unit,
        NULL AS total,
        NULL AS against,
        NULL AS awaiting,
        NULL AS acknowledged,
        NULL AS disputed,
        FALSE AS accepted,
        FALSE AS closed,
        TRUE AS lapsed
    FROM lapses
),

items AS (
    SELECT
        root,
        side,
        unit,
        kind,
        greatest(total, 0) AS total,
        coalesce(against, 0) AS against,
        bool_or(accepted) OVER same_item AS accepted,
        bool_or(closed) OVER same_item AS closed,
        bool_or(lapsed) OVER same_item AS lapsed,
        greatest(coalesce(awaiting, 0), 0) AS awaiting,
        greatest(coalesce(acknowledged, 0), 0) AS acknowledged,
        greatest(coalesce(disputed, 0), 0) AS disputed,
        greatest(
            coalesce(awaiting, 0) + coalesce(acknowledged, 0) + coalesce(disputed, 0),
            0
        ) AS delivered
    FROM facets
    WINDOW same_item AS (PARTITION BY root, kind, item)
)

SELECT
    root,
    unit,
    side,
    coalesce(
        sum(total) FILTER (WHERE kind = 'offer' AND NOT accepted AND NOT closed), 0
    )::text AS offered,
    coalesce(
        sum(total) FILTER (
            WHERE kind = 'offer' AND NOT accepted AND NOT closed AND lapsed
        ), 0
    )::text AS lapsed,
    coalesce(
        sum(greatest(total - against, 0)) FILTER (
            WHERE kind = 'offer' AND accepted AND NOT closed
        ), 0
    )::text AS accepted,
    coalesce(
        sum(CASE WHEN closed THEN least(total, against) ELSE total END) FILTER (
            WHERE kind = 'commitment'
        ), 0
    )::text AS committed,
    coalesce(
        sum(greatest(total - against, 0)) FILTER (
            WHERE kind = 'commitment' AND NOT closed
        ), 0
    )::text AS outstanding,
    coalesce(sum(delivered) FILTER (WHERE kind = 'delivery'), 0)::text AS delivered,
    coalesce(sum(acknowledged) FILTER (WHERE kind = 'delivery'), 0)::text
        AS acknowledged,
    coalesce(sum(awaiting) FILTER (WHERE kind = 'delivery'), 0)::text AS awaiting,
    coalesce(sum(disputed) FILTER (WHERE kind = 'delivery'), 0)::text AS disputed
FROM items
WHERE side IS NOT NULL
GROUP BY root, unit, side
ORDER BY root, unit, side
