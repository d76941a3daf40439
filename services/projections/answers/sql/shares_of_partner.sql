-- The same of one partner, whose acts are few: no month bounds the search.
WITH counted AS (
    SELECT
        act,
        partner,
        count(*) AS acts
    FROM acts
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND partner = %(partner)s
        AND day >= %(first_day)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
        AND NOT thin
    GROUP BY GROUPING SETS ((act), (partner))
)

SELECT DISTINCT ON (act IS NULL)
    CASE WHEN act IS NULL THEN 'partner' ELSE 'act' END AS kind,
    coalesce(act, partner) AS name,
    acts,
    (sum(acts) OVER (PARTITION BY act IS NULL))::bigint AS whole
FROM counted
ORDER BY act IS NULL, acts DESC, coalesce(act, partner)
