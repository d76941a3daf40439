-- How each projection is, over all ledgers.
SELECT
    c.projection,
    count(*) FILTER (WHERE c.state = 'live' AND c.error IS NOT NULL) AS halted,
    count(*) FILTER (WHERE c.state IN ('building', 'returning')) AS rebuilding,
    coalesce(max(h.position - c.position) FILTER (WHERE c.state = 'live'), 0) AS events,
    coalesce(
        max(extract(EPOCH FROM clock_timestamp() - e.recorded_at))
        FILTER (WHERE c.state = 'live'),
        0
    ) AS seconds
FROM checkpoints AS c
INNER JOIN ledger_heads AS h ON c.ledger_id = h.ledger_id
LEFT JOIN events AS e
    ON c.ledger_id = e.ledger_id AND e.position = c.position + 1
GROUP BY c.projection
