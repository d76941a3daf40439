-- Take the ranges of another projection that is being built: the log is then read, and
-- decoded, once for both.
INSERT INTO build_ranges (
    ledger_id, projection, generation, n, first_partner, before_partner, up_to, events
)
SELECT
    r.ledger_id,
    %(projection)s,
    %(generation)s,
    r.n,
    r.first_partner,
    r.before_partner,
    r.up_to,
    r.events
FROM build_ranges AS r
WHERE
    r.ledger_id = %(ledger)s
    AND (r.projection, r.generation) = (
        SELECT
            o.projection,
            o.generation
        FROM build_ranges AS o
        INNER JOIN checkpoints AS c
            ON
                o.ledger_id = c.ledger_id
                AND o.projection = c.projection
                AND o.generation = c.generation
        WHERE
            o.ledger_id = %(ledger)s
            AND c.ledger_id = %(ledger)s
            AND c.state = 'building'
            AND NOT o.done
        ORDER BY o.projection
        LIMIT 1
    )
