-- The next partners of the books, by name: a loose scan of the indexes.
WITH RECURSIVE names (partner, n) AS (
    SELECT
        (%(after)s::text) COLLATE "C" AS partner,
        0 AS n
    UNION ALL
    SELECT
        least(
            (
                SELECT p.partner
                FROM postings AS p
                WHERE
                    p.ledger_id = %(ledger)s
                    AND p.generation = %(generation)s
                    AND p.partner > names.partner
                ORDER BY p.partner
                LIMIT 1
            ),
            (
                SELECT b.partner
                FROM benefits AS b
                WHERE
                    b.ledger_id = %(ledger)s
                    AND b.generation = %(generation)s
                    AND b.partner > names.partner
                ORDER BY b.partner
                LIMIT 1
            )
        ) AS partner,
        names.n + 1 AS n
    FROM names
    WHERE names.partner IS NOT NULL AND names.n < %(max_rows)s
)

SELECT partner
FROM names
WHERE n > 0 AND partner IS NOT NULL
ORDER BY partner
