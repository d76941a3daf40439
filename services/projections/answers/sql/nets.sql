-- The net per partner and unit: what was given and acknowledged less what was received,
-- floored per delivery as in balances.sql. A unit with nothing of either is 0.
WITH streams AS (
    SELECT
        u.stream,
        u.root
    FROM unnest(%(streams)s::text[], %(roots)s::text[]) AS u (stream, root)
),

items AS (
    SELECT
        s.root,
        p.unit,
        p.side,
        greatest(
            coalesce(sum(p.amount) FILTER (WHERE p.account = 'acknowledged'), 0), 0
        ) AS acknowledged
    FROM streams AS s
    INNER JOIN item_postings AS p ON s.stream = p.partner
    WHERE
        p.ledger_id = %(ledger)s
        AND p.generation = %(generation)s
        AND p.partner = any(%(streams)s::text[])
        AND p.acts_from <= %(as_of)s
        AND p.position <= %(cut)s
    GROUP BY s.root, p.side, p.unit, p.kind, p.item
    HAVING sum(p.count) > 0
    UNION ALL
    SELECT
        s.root,
        b.unit,
        b.gained_by AS side,
        0 AS acknowledged
    FROM streams AS s
    INNER JOIN benefits AS b ON s.stream = b.partner
    WHERE
        b.ledger_id = %(ledger)s
        AND b.generation = %(generation)s
        AND b.partner = any(%(streams)s::text[])
        AND b.acts_from <= %(as_of)s
        AND b.position <= %(cut)s
    GROUP BY s.root, b.unit, b.gained_by, b.confidence
    HAVING sum(b.count) > 0
)

SELECT
    root,
    unit,
    sum(CASE WHEN side = 'us' THEN acknowledged ELSE -acknowledged END)::text AS net
FROM items
GROUP BY root, unit
ORDER BY root, unit
