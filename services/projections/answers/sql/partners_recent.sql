-- The last contact that ends a page of the latest, if there are as many.
SELECT last_contact
FROM relationships
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND (%(until)s::date IS NULL OR last_contact <= %(until)s)
ORDER BY last_contact DESC NULLS LAST
LIMIT 1 OFFSET %(max_rows)s
