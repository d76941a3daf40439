-- How many ranges what is being built was parted into, how many are open, up to where all
-- of them go, and of which generation they are.
SELECT
    count(*) AS made,
    count(*) FILTER (WHERE NOT r.done) AS left_open,
    coalesce(max(r.up_to), 0) AS up_to,
    coalesce(max(r.generation), 0) AS generation
FROM build_ranges AS r
INNER JOIN checkpoints AS c
    ON
        r.ledger_id = c.ledger_id
        AND r.projection = c.projection
        AND r.generation = c.generation
WHERE
    r.ledger_id = %(ledger)s
    AND c.ledger_id = %(ledger)s
    AND c.projection = %(projection)s
    AND c.version = %(version)s
    AND c.state = 'building'
    AND c.error IS NULL
