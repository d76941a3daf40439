-- What partners are called.
SELECT
    partner,
    name,
    names
FROM relationships
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND partner = any(%(partners)s)
