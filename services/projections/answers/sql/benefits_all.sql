-- What each side gained, per unit over all partners.
SELECT
    unit,
    gained_by,
    confidence,
    sum(amount)::text AS amount
FROM benefits
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND acts_from <= %(as_of)s
    AND position <= %(cut)s
GROUP BY unit, gained_by, confidence
HAVING sum(count) > 0
