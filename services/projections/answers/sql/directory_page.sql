-- The next partners of the directory, by name; the merged are in no list.
SELECT
    partner,
    name,
    names,
    kind,
    country,
    groups,
    owner
FROM directory
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND merged_into IS NULL
    AND partner > %(after)s
    AND known_from <= %(top)s
ORDER BY partner
LIMIT %(max_rows)s
