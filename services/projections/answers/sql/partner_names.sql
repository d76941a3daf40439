-- How partners are called whose rows were written after a position.
SELECT
    partner,
    name,
    names,
    position
FROM relationships
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND position > %(after)s
