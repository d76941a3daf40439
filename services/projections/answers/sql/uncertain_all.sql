-- How many included events of the ledger may have happened after as_of.
SELECT coalesce(sum(count), 0) AS uncertain
FROM imprecise_dates
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND occurred_to > %(as_of)s
    AND acts_from <= %(as_of)s
    AND position <= %(cut)s
