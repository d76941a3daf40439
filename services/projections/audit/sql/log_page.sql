-- A stretch of the log: before which positions some are missing, and which were
-- recorded earlier than the one before.
WITH page AS (
    SELECT
        position,
        recorded_at
    FROM events
    WHERE
        ledger_id = %(ledger)s
        AND position > %(after)s
        AND position <= %(last)s
    ORDER BY position
    LIMIT %(most)s
),

steps AS (
    SELECT
        position,
        recorded_at,
        lag(position, 1, %(after)s::bigint) OVER in_order AS before,
        lag(recorded_at, 1, %(recorded_at)s::timestamptz) OVER in_order AS recorded_before
    FROM page
    WINDOW in_order AS (ORDER BY position)
)

SELECT
    max(position) AS last,
    max(recorded_at) AS recorded_at,
    count(*) AS events,
    array_agg(position ORDER BY position)
    FILTER (WHERE position <> before + 1) AS after_gaps,
    array_agg(position ORDER BY position)
    FILTER (WHERE recorded_at < recorded_before) AS earlier
FROM steps
