-- Every projection of a ledger, against its head.
SELECT
    c.projection,
    c.version,
    c.generation,
    c.position,
    h.position AS head,
    c.error,
    c.halted_at,
    CASE
        WHEN c.position < h.position
            THEN extract(EPOCH FROM clock_timestamp() - e.recorded_at)
        ELSE 0
    END AS lag_seconds,
    f.id::text AS halted_event
FROM checkpoints AS c
INNER JOIN active_generations AS a
    ON
        c.ledger_id = a.ledger_id
        AND c.projection = a.projection
        AND c.generation = a.generation
INNER JOIN ledger_heads AS h ON c.ledger_id = h.ledger_id
LEFT JOIN events AS e
    ON c.ledger_id = e.ledger_id AND e.position = c.position + 1
LEFT JOIN events AS f
    ON c.ledger_id = f.ledger_id AND c.halted_at = f.position
WHERE
    c.ledger_id = %(ledger)s
    AND a.ledger_id = %(ledger)s
    AND h.ledger_id = %(ledger)s
ORDER BY c.projection
