-- Whether rows of a generation are, or just were, of use to some ledger.
SELECT exists(
    SELECT 1
    FROM checkpoints
    WHERE
        projection = %(projection)s
        AND generation = %(generation)s
        AND (state <> 'dropped' OR retired_at > now() - %(grace)s)
)
