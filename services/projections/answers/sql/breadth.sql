-- Partners that acts touched in some months, and people of theirs that acts name.
WITH partners AS (
    SELECT
        month,
        partner
    FROM acts
    WHERE
        ledger_id = %(ledger)s
        AND generation = %(generation)s
        AND month BETWEEN %(first_month)s AND %(last_month)s
        AND day >= %(first_day)s
        AND acts_from <= %(as_of)s
        AND position <= %(cut)s
        AND NOT thin
    GROUP BY month, partner
),

named AS (
    SELECT
        a.month,
        CASE
            WHEN position('/' IN r.ref) > 0 THEN split_part(r.ref, '/', 1)
            ELSE a.stream
        END AS of_stream,
        CASE
            WHEN position('/' IN r.ref) > 0 THEN split_part(r.ref, '/', 2)
            ELSE r.ref
        END AS of_person
    FROM acts AS a
    CROSS JOIN LATERAL unnest(a.persons) AS r (ref)
    WHERE
        a.ledger_id = %(ledger)s
        AND a.generation = %(generation)s
        AND a.month BETWEEN %(first_month)s AND %(last_month)s
        AND a.day >= %(first_day)s
        AND a.acts_from <= %(as_of)s
        AND a.position <= %(cut)s
        AND a.persons <> '{}'
        AND NOT a.thin
    GROUP BY a.month, of_stream, of_person
),

people AS (
    SELECT
        n.month,
        count(*) AS people
    FROM named AS n
    CROSS JOIN LATERAL (
        -- LIMIT has each looked up by its key, whatever the statistics say.
        SELECT p.person
        FROM act_people AS p
        WHERE
            p.ledger_id = %(ledger)s
            AND p.generation = %(generation)s
            AND p.stream = n.of_stream
            AND p.person = n.of_person
        ORDER BY p.person
        LIMIT 1
    ) AS f
    GROUP BY n.month
)

SELECT
    a.month,
    count(*) AS partners,
    coalesce(max(p.people), 0) AS people
FROM partners AS a
LEFT JOIN people AS p ON a.month = p.month
GROUP BY a.month
