-- Every amount per unit and side over all partners, as balances.sql has it for some, and
-- how many partners have an acknowledged part in it. streams and roots pair the merged
-- streams with the partners that answer for them. Read it after large_sums.sql.
WITH merged AS (
    SELECT
        u.stream,
        u.root
    FROM unnest(%(streams)s::text[], %(roots)s::text[]) AS u (stream, root)
),

sums AS (
    SELECT
        kind,
        item,
        side,
        unit,
        min(partner) AS partner,
        greatest(sum(amount) FILTER (WHERE leg = 'promise'), 0) AS total,
        coalesce(-sum(amount) FILTER (WHERE leg = 'delivery'), 0) AS against,
        coalesce(sum(amount) FILTER (WHERE account = 'awaiting'), 0) AS awaiting,
        coalesce(sum(amount) FILTER (WHERE account = 'acknowledged'), 0)
            AS acknowledged,
        coalesce(sum(amount) FILTER (WHERE account = 'disputed'), 0) AS disputed
    FROM item_postings
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
    GROUP BY kind, item, side, unit
    HAVING sum(count) > 0
),

marks AS (
    SELECT
        kind,
        item,
        sum(CASE WHEN closes THEN 0 ELSE count END) > 0 AS accepted,
        sum(CASE WHEN closes THEN count ELSE 0 END) > 0 AS closed
    FROM item_markers
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
    GROUP BY kind, item
),

lapses AS (
    SELECT
        kind,
        item
    FROM item_promises
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
        AND kind = 'offer'
        AND until_at < %(as_of)s
    GROUP BY kind, item
    HAVING sum(count) > 0
),

items AS (
    SELECT
        coalesce(merged.root, sums.partner) AS root,
        sums.kind,
        sums.side,
        sums.unit,
        sums.total,
        sums.against,
        coalesce(marks.accepted, FALSE) AS accepted,
        coalesce(marks.closed, FALSE) AS closed,
        lapses.item IS NOT NULL AS lapsed,
        greatest(sums.awaiting, 0) AS awaiting,
        greatest(sums.acknowledged, 0) AS acknowledged,
        greatest(sums.disputed, 0) AS disputed,
        greatest(sums.awaiting + sums.acknowledged + sums.disputed, 0) AS delivered
    FROM sums
    LEFT JOIN marks ON sums.kind = marks.kind AND sums.item = marks.item
    LEFT JOIN lapses ON sums.kind = lapses.kind AND sums.item = lapses.item
    LEFT JOIN merged ON sums.partner = merged.stream
),

partners AS (
    SELECT
        root,
        unit,
        side,
        sum(total) FILTER (WHERE kind = 'offer' AND NOT accepted AND NOT closed)
            AS offered,
        sum(total) FILTER (
            WHERE kind = 'offer' AND NOT accepted AND NOT closed AND lapsed
        ) AS lapsed,
        sum(greatest(total - against, 0)) FILTER (
            WHERE kind = 'offer' AND accepted AND NOT closed
        ) AS accepted,
        sum(CASE WHEN closed THEN least(total, against) ELSE total END) FILTER (
            WHERE kind = 'commitment'
        ) AS committed,
        sum(greatest(total - against, 0)) FILTER (
            WHERE kind = 'commitment' AND NOT closed
        ) AS outstanding,
        sum(delivered) FILTER (WHERE kind = 'delivery') AS delivered,
        sum(acknowledged) FILTER (WHERE kind = 'delivery') AS acknowledged,
        sum(awaiting) FILTER (WHERE kind = 'delivery') AS awaiting,
        sum(disputed) FILTER (WHERE kind = 'delivery') AS disputed
    FROM items
    GROUP BY root, unit, side
),

sided AS (
    SELECT
        partners.*,
        acknowledged > 0 AS takes_part,
        sum(CASE WHEN acknowledged > 0 THEN 1 ELSE 0 END)
            OVER (PARTITION BY root, unit) AS sides
    FROM partners
)

SELECT
    unit,
    side,
    count(*) FILTER (WHERE takes_part) AS partners,
    count(*) FILTER (WHERE takes_part AND sides = 2) AS partners_both,
    coalesce(sum(offered), 0)::text AS offered,
    coalesce(sum(lapsed), 0)::text AS lapsed,
    coalesce(sum(accepted), 0)::text AS accepted,
    coalesce(sum(committed), 0)::text AS committed,
    coalesce(sum(outstanding), 0)::text AS outstanding,
    coalesce(sum(delivered), 0)::text AS delivered,
    coalesce(sum(acknowledged), 0)::text AS acknowledged,
    coalesce(sum(awaiting), 0)::text AS awaiting,
    coalesce(sum(disputed), 0)::text AS disputed
FROM sided
GROUP BY unit, side
ORDER BY unit, side
