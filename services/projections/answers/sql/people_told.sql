-- What the log says of people, and what revises anything, after a position.
SELECT
    position,
    id::text AS event,
    partner,
    type,
    data
FROM events
WHERE
    ledger_id = %(ledger)s
    AND type = any(%(types)s::text[])
    AND position > %(after)s
ORDER BY position
