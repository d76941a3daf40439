-- By which month's end how many more or fewer partners are in a stage, by rows that tell
-- the cut; partners of whom something was recorded since stand alone.
WITH changed AS (
    SELECT r.partner
    FROM relationships AS r
    WHERE
        r.ledger_id = %(ledger)s
        AND r.generation = %(generation)s
        AND r.position > %(cut)s
    UNION
    SELECT e.partner
    FROM events AS e
    WHERE
        e.ledger_id = %(ledger)s
        AND e.position > %(cut)s
        AND e.partner <> '_ledger'
),

-- Read twice, which is faster than to keep it.
told AS NOT MATERIALIZED (
    SELECT
        s.stage,
        s.from_at,
        s.to_at
    FROM standings AS s
    WHERE
        s.ledger_id = %(ledger)s
        AND s.generation = %(generation)s
        AND s.from_at <= %(last)s
        AND (s.to_at IS NULL OR s.to_at > %(first)s)
        AND NOT s.partner = any(%(folded)s::text[])
        AND NOT s.partner IN (SELECT c.partner FROM changed AS c)
        AND (
            %(everyone)s
            OR s.partner IN (
                SELECT r.partner
                FROM relationships AS r
                WHERE
                    r.ledger_id = %(ledger)s
                    AND r.generation = %(generation)s
                    AND (%(owner)s::text IS NULL OR r.owner = %(owner)s)
                    AND (%(in_group)s::text IS NULL OR %(in_group)s = any(r.groups))
            )
        )
)

SELECT
    NULL AS partner,
    stage,
    width_bucket(
        from_at - interval '1 microsecond', %(ends)s::timestamptz[]
    ) AS month,
    count(*) AS more
FROM told
GROUP BY stage, month
UNION ALL
SELECT
    NULL AS partner,
    stage,
    width_bucket(
        to_at - interval '1 microsecond', %(ends)s::timestamptz[]
    ) AS month,
    -count(*) AS more
FROM told
WHERE to_at <= %(last)s
GROUP BY stage, month
UNION ALL
SELECT
    partner,
    NULL AS stage,
    NULL AS month,
    NULL AS more
FROM changed
