-- What became of all promises at the cut, counted by side and kind, and the names of the
-- commitments that are overdue the longest. Read it after large_sums.sql.
-- A delivery meets its promise by the event that made both move: the leg of the promise,
-- or, where the units differ, the mark that it left on it.
WITH posted AS MATERIALIZED (
    SELECT
        kind,
        item,
        account,
        leg,
        amount,
        count,
        event_id
    FROM item_postings
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
        AND leg IN ('promise', 'delivery', 'own')
),

made AS (
    SELECT
        kind,
        item,
        side,
        until_at,
        coalesce(until_at < %(as_of)s, FALSE) AS is_past
    FROM item_promises
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
    GROUP BY kind, item, side, until_at
    HAVING sum(count) > 0
),

marked AS MATERIALIZED (
    SELECT
        kind,
        item,
        marker,
        closes,
        event_id
    FROM item_markers
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
    GROUP BY kind, item, marker, closes, event_id
    HAVING sum(count) > 0
),

marks AS (
    SELECT
        kind,
        item,
        max(marker) FILTER (WHERE closes) AS closed_as,
        bool_or(NOT closes) AS is_accepted
    FROM marked
    GROUP BY kind, item
),

sums AS (
    SELECT
        kind,
        item,
        sum(amount) FILTER (WHERE leg = 'promise') AS total,
        coalesce(-sum(amount) FILTER (WHERE leg = 'delivery'), 0) AS against
    FROM posted
    WHERE leg <> 'own'
    GROUP BY kind, item
),

acknowledged AS (
    SELECT item
    FROM posted
    WHERE account = 'acknowledged'
    GROUP BY item
    HAVING sum(amount) > 0
),

moved AS (
    SELECT
        kind,
        item,
        event_id
    FROM posted
    WHERE leg = 'delivery' AND kind = 'commitment'
    GROUP BY kind, item, event_id
    HAVING sum(count) > 0
    UNION
    SELECT
        kind,
        item,
        event_id
    FROM marked
),

helped AS (
    SELECT
        moved.kind,
        moved.item,
        bool_or(acknowledged.item IS NOT NULL) AS is_acknowledged
    FROM moved
    INNER JOIN posted ON moved.event_id = posted.event_id
    LEFT JOIN acknowledged ON posted.item = acknowledged.item
    WHERE posted.leg = 'own'
    GROUP BY moved.kind, moved.item
),

outcomes AS MATERIALIZED (
    SELECT
        made.kind,
        made.item,
        made.side,
        made.until_at,
        promise_state(made.kind, marks.closed_as, marks.is_accepted, made.is_past)
            AS state,
        made.is_past
        AND promise_remaining(marks.closed_as, sums.total, sums.against) > 0
            AS is_overdue,
        helped.item IS NOT NULL AS is_delivered,
        coalesce(helped.is_acknowledged, FALSE) AS is_acknowledged
    FROM made
    LEFT JOIN marks ON made.kind = marks.kind AND made.item = marks.item
    LEFT JOIN sums ON made.kind = sums.kind AND made.item = sums.item
    LEFT JOIN helped ON made.kind = helped.kind AND made.item = helped.item
)

SELECT
    side,
    kind,
    count(*) AS made,
    count(*) FILTER (WHERE state = 'open') AS open,
    count(*) FILTER (WHERE state = 'lapsed') AS lapsed,
    count(*) FILTER (WHERE state = 'accepted') AS accepted,
    count(*) FILTER (WHERE state = 'declined') AS declined,
    count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
    count(*) FILTER (WHERE state = 'completed') AS completed,
    count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE is_delivered) AS delivered,
    count(*) FILTER (WHERE is_acknowledged) AS acknowledged,
    count(*) FILTER (WHERE is_overdue) AS overdue,
    (
        SELECT array_agg(o.item ORDER BY o.until_at, o.item)
        FROM (
            SELECT
                item,
                until_at
            FROM outcomes
            WHERE kind = 'commitment' AND is_overdue
            ORDER BY until_at, item
            LIMIT %(max_rows)s
        ) AS o
    ) AS overdue_items
FROM outcomes
GROUP BY side, kind
