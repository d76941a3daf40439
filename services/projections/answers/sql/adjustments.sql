-- What each account of an item lacks until its raw sum is the item's amount.
-- Items, amounts and windows are those of balances.sql; lapsed is not an account.
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
        sum(p.count) > 0 AS in_force,
        sum(p.amount) FILTER (WHERE p.leg = 'promise') AS total,
        -sum(p.amount) FILTER (WHERE p.leg = 'delivery') AS against,
        sum(p.amount) FILTER (WHERE p.account = 'offered') AS offered,
        sum(p.amount) FILTER (WHERE p.account = 'accepted') AS accepted,
        sum(p.amount) FILTER (WHERE p.account = 'outstanding') AS outstanding,
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
        coalesce(sum(m.count) FILTER (WHERE NOT m.closes), 0) > 0 AS is_accepted,
        coalesce(sum(m.count) FILTER (WHERE m.closes), 0) > 0 AS is_closed
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

facets AS (
    SELECT
        sums.*,
        FALSE AS is_accepted,
        FALSE AS is_closed
    FROM sums
    UNION ALL
    SELECT
        root,
        NULL AS side,
        NULL AS unit,
        kind,
        item,
        NULL AS in_force,
        NULL AS total,
        NULL AS against,
        NULL AS offered,
        NULL AS accepted,
        NULL AS outstanding,
        NULL AS awaiting,
        NULL AS acknowledged,
        NULL AS disputed,
        is_accepted,
        is_closed
    FROM marks
),

items AS (
    SELECT
        facets.*,
        greatest(total, 0) AS promised,
        greatest(greatest(total, 0) - coalesce(against, 0), 0) AS remaining,
        in_force AND kind = 'offer' AND NOT bool_or(is_closed) OVER same_item
            AS is_offer,
        in_force AND kind = 'commitment' AND NOT bool_or(is_closed) OVER same_item
            AS is_commitment,
        in_force AND kind = 'delivery' AS is_delivery,
        bool_or(is_accepted) OVER same_item AS is_taken
    FROM facets
    WINDOW same_item AS (PARTITION BY root, kind, item)
),

differences AS (
    SELECT
        i.root,
        i.kind,
        i.item,
        i.side,
        i.unit,
        f.account,
        f.amount - coalesce(f.raw, 0) AS difference
    FROM items AS i
    CROSS JOIN LATERAL (
        VALUES
        (
            'offered',
            CASE WHEN i.is_offer AND NOT i.is_taken THEN i.promised ELSE 0 END,
            i.offered
        ),
        (
            'accepted',
            CASE WHEN i.is_offer AND i.is_taken THEN i.remaining ELSE 0 END,
            i.accepted
        ),
        (
            'outstanding',
            CASE WHEN i.is_commitment THEN i.remaining ELSE 0 END,
            i.outstanding
        ),
        (
            'awaiting',
            CASE WHEN i.is_delivery THEN greatest(i.awaiting, 0) ELSE 0 END,
            i.awaiting
        ),
        (
            'acknowledged',
            CASE WHEN i.is_delivery THEN greatest(i.acknowledged, 0) ELSE 0 END,
            i.acknowledged
        ),
        (
            'disputed',
            CASE WHEN i.is_delivery THEN greatest(i.disputed, 0) ELSE 0 END,
            i.disputed
        )
    ) AS f (account, amount, raw)
    WHERE i.side IS NOT NULL
)

SELECT
    root,
    kind,
    item,
    side,
    unit,
    account,
    difference
FROM differences
WHERE difference <> 0
ORDER BY root, kind, item, side, unit, account
