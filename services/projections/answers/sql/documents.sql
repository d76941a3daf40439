-- The folds of partners that tell what is asked: nothing of them happened after as_of,
-- nothing was recorded after the cut, and the same policy judged.
SELECT
    partner,
    document
FROM relationships
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND partner = any(%(partners)s)
    AND latest <= %(as_of)s
    AND position <= %(cut)s
    AND policy = %(policy)s
