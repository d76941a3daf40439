-- Open ranges of a ledger, first those that most projections want.
SELECT
    r.first_partner,
    r.before_partner,
    r.up_to
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
    AND c.state = 'building'
    AND c.error IS NULL
    AND NOT r.done
GROUP BY r.first_partner, r.before_partner, r.up_to
ORDER BY count(*) DESC, min(r.n)
LIMIT 16
