-- Every projection of a ledger, against its head, and what is built beside it.
-- Of what is built by ranges of partners, the events of those that are done count.
WITH done_ranges AS (
    SELECT
        projection,
        generation,
        sum(events)::bigint AS events
    FROM build_ranges
    WHERE ledger_id = %(ledger)s AND done
    GROUP BY projection, generation
)

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
    f.id::text AS halted_event,
    k.generation AS kept,
    b.generation AS built,
    b.version AS built_version,
    b.state AS built_state,
    greatest(b.position, d.events) AS built_position,
    b.begun_at AS built_begun_at,
    b.error AS built_error,
    b.halted_at AS built_halted_at,
    g.id::text AS built_halted_event
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
LEFT JOIN checkpoints AS k
    ON
        c.ledger_id = k.ledger_id
        AND c.projection = k.projection
        AND k.state = 'kept'
LEFT JOIN checkpoints AS b
    ON
        c.ledger_id = b.ledger_id
        AND c.projection = b.projection
        AND b.state IN ('building', 'returning', 'differs')
LEFT JOIN events AS g
    ON b.ledger_id = g.ledger_id AND b.halted_at = g.position
LEFT JOIN done_ranges AS d
    ON b.projection = d.projection AND b.generation = d.generation
WHERE
    c.ledger_id = %(ledger)s
    AND a.ledger_id = %(ledger)s
    AND h.ledger_id = %(ledger)s
ORDER BY c.projection
