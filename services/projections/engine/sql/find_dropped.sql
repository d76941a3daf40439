-- Generations whose last answers have ended long ago.
SELECT
    ledger_id,
    generation
FROM checkpoints
WHERE
    projection = %(projection)s
    AND state = 'dropped'
    AND retired_at <= now() - %(grace)s
ORDER BY retired_at
LIMIT 100
