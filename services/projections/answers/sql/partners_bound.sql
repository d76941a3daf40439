-- The last partner of the next page by id, if there are as many.
SELECT partner
FROM relationships
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND partner > coalesce(%(after)s::text, '')
ORDER BY partner
LIMIT 1 OFFSET %(max_rows)s - 1
