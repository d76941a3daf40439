-- The last position recorded by a moment: a binary search, since times never fall.
WITH RECURSIVE search (low, high) AS (
    SELECT
        0::bigint AS low,
        %(head)s::bigint AS high
    UNION ALL
    SELECT
        CASE WHEN e.recorded_at <= %(moment)s THEN e.position ELSE s.low END AS low,
        CASE WHEN e.recorded_at <= %(moment)s THEN s.high ELSE e.position - 1 END
            AS high
    FROM search AS s
    INNER JOIN events AS e
        ON
            e.ledger_id = %(ledger)s
            AND e.position = (s.low + s.high + 1) / 2
    WHERE s.low < s.high
)

SELECT low
FROM search
WHERE low = high
