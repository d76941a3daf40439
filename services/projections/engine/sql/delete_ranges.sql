-- All ranges are built: from here on the generation advances like any other.
DELETE FROM build_ranges
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND generation = %(generation)s
