-- Every generation of a projection of a ledger.
SELECT
    generation,
    version,
    position,
    state,
    error,
    retired_at
FROM checkpoints
WHERE ledger_id = %(ledger)s AND projection = %(projection)s
