-- The next partners with offers or commitments, by name: a loose scan.
WITH RECURSIVE names (partner, n) AS (
    SELECT
        (%(after)s::text) COLLATE "C" AS partner,
        0 AS n
    UNION ALL
    SELECT
        (
            SELECT q.partner
            FROM promises AS q
            WHERE
                q.ledger_id = %(ledger)s
                AND q.generation = %(generation)s
                AND q.kind = %(kind)s
                AND q.partner > names.partner
            ORDER BY q.partner
            LIMIT 1
        ) AS partner,
        names.n + 1 AS n
    FROM names
    WHERE names.partner IS NOT NULL AND names.n < %(max_rows)s
)

SELECT partner
FROM names
WHERE n > 0 AND partner IS NOT NULL
ORDER BY partner
