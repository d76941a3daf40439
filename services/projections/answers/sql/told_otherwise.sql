-- Partners whose rows do not tell what is asked, and those merged with them. Each reason
-- is a range of an index: whoever asks of now finds none, without a look at the others.
SELECT partner
FROM relationships
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND (%(among)s::text[] IS NULL OR partner = any(%(among)s::text[]))
    AND (
        latest > %(as_of)s
        OR position > %(cut)s
        OR policy < %(policy)s
        OR policy > %(policy)s
    )
ORDER BY partner
