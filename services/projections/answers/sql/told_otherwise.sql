-- Partners whose rows do not tell what is asked, and those merged with them.
SELECT partner
FROM relationships
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND (
        latest > %(as_of)s
        OR position > %(cut)s
        OR policy <> %(policy)s
    )
ORDER BY partner
