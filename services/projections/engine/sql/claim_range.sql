-- Claim a range for every projection that wants it; what another worker has is
-- left out.
SELECT
    r.projection,
    r.generation,
    r.n
FROM build_ranges AS r
INNER JOIN checkpoints AS c
    ON
        r.ledger_id = c.ledger_id
        AND r.projection = c.projection
        AND r.generation = c.generation
INNER JOIN unnest(%(projections)s::text[], %(versions)s::integer[]) AS w (name, version)
    ON c.projection = w.name AND c.version = w.version
WHERE
    r.ledger_id = %(ledger)s
    AND c.ledger_id = %(ledger)s
    AND r.first_partner = %(first)s
    AND r.before_partner = %(before)s
    AND r.up_to = %(up_to)s
    AND c.state = 'building'
    AND c.error IS NULL
    AND NOT r.done
ORDER BY r.projection
FOR UPDATE OF r SKIP LOCKED
