-- The rows of a range are there.
UPDATE build_ranges
SET done = TRUE
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND generation = %(generation)s
    AND n = %(n)s
