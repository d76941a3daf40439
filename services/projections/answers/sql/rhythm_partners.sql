-- The next partners with a contact in some months, by name: a loose scan of each month.
WITH RECURSIVE names (partner, n) AS (
    SELECT
        (%(after)s::text) COLLATE "C" AS partner,
        0 AS n
    UNION ALL
    SELECT
        (
            SELECT min(f.partner)
            FROM unnest(%(months)s::date[]) AS m (month)
            CROSS JOIN LATERAL (
                SELECT a.partner
                FROM acts AS a
                WHERE
                    a.ledger_id = %(ledger)s
                    AND a.generation = %(generation)s
                    AND a.act = 'contact'
                    AND a.month = m.month
                    AND a.partner > names.partner
                    AND a.acts_from <= %(as_of)s
                    AND a.position <= %(cut)s
                ORDER BY a.partner
                LIMIT 1
            ) AS f
        ) AS partner,
        names.n + 1 AS n
    FROM names
    WHERE names.partner IS NOT NULL AND names.n < %(max_rows)s
)

SELECT partner
FROM names
WHERE n > 0 AND partner IS NOT NULL
ORDER BY partner
