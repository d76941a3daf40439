-- Every generation of a projection of a ledger.
SELECT
    generation,
    version,
    position,
    state,
    error,
    retired_at,
    (
        SELECT count(*)
        FROM build_ranges AS r
        WHERE
            r.ledger_id = %(ledger)s
            AND r.projection = %(projection)s
            AND r.generation = c.generation
    ) AS ranges
FROM checkpoints AS c
WHERE c.ledger_id = %(ledger)s AND c.projection = %(projection)s
