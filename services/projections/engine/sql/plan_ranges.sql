-- Part the partners of a ledger into ranges of about so many events; together they hold
-- every name there can be.
INSERT INTO build_ranges (
    ledger_id, projection, generation, n, first_partner, before_partner, up_to, events
)
SELECT
    %(ledger)s,
    %(projection)s,
    %(generation)s,
    row_number() OVER (ORDER BY place) AS n,
    CASE WHEN place = 0 THEN '' ELSE min(partner) END AS first_partner,
    coalesce(lead(min(partner)) OVER (ORDER BY place), %(beyond)s) AS before_partner,
    %(position)s AS up_to,
    sum(events) AS events
FROM (
    SELECT
        partner,
        events,
        div(sum(events) OVER (ORDER BY partner) - events, %(most)s) AS place
    FROM (
        SELECT
            partner,
            count(*) AS events
        FROM events
        WHERE ledger_id = %(ledger)s
        GROUP BY partner
    ) AS told
) AS placed
GROUP BY place
