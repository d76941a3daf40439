-- Partners as of an instant, filtered and in the order asked for. Those whose rows do not
-- tell that instant come folded anew, as JSON. Where all are asked for by id, up_to ends
-- the page, so that only its rows are read. Whom a search by name found comes found.
WITH listed AS (
    SELECT
        r.partner,
        r.name,
        r.names,
        r.kind,
        r.country,
        r.groups,
        r.owner,
        r.may_flag,
        s.stage,
        s.earned,
        r.last_contact,
        CASE
            WHEN NOT r.is_over AND r.last_contact IS NOT NULL
                THEN least(r.last_contact + r.target_days, '9999-12-31'::date)
        END AS next_due
    FROM relationships AS r
    INNER JOIN standings AS s
        ON
            r.ledger_id = s.ledger_id
            AND r.generation = s.generation
            AND r.partner = s.partner
    WHERE
        r.ledger_id = %(ledger)s
        AND r.generation = %(generation)s
        AND s.ledger_id = %(ledger)s
        AND s.generation = %(generation)s
        AND s.from_at <= %(as_of)s
        AND (s.to_at IS NULL OR s.to_at > %(as_of)s)
        AND r.known_from <= %(cut)s
        AND NOT r.partner = any(%(folded)s::text[])
        AND (
            %(up_to)s::text IS NULL
            OR (r.partner > coalesce(%(after)s::text, '') AND r.partner <= %(up_to)s)
        )
        AND (%(since)s::date IS NULL OR r.last_contact >= %(since)s)
    UNION ALL
    SELECT
        f.partner,
        f.name,
        f.names,
        f.kind,
        f.country,
        f.groups,
        f.owner,
        f.may_flag,
        f.stage,
        f.earned,
        f.last_contact,
        f.next_due
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS f (
        partner text, name text, names text, kind text, country text, groups text[],
        owner text, may_flag text[], stage text, earned text, last_contact date,
        next_due date
    )
    WHERE %(up_to)s::text IS NULL OR f.partner <= (%(up_to)s COLLATE "C")
),

keyed AS (
    SELECT
        l.*,
        coalesce(
            CASE %(sort)s
                WHEN 'stage' THEN array_position(%(stages)s::text[], l.stage)::text
                WHEN 'last_contact' THEN l.last_contact::text
                WHEN 'next_due' THEN l.next_due::text
                ELSE ''
            END,
            CASE WHEN %(descending)s THEN '' ELSE '~' END
        ) COLLATE "C" AS sort_key
    FROM listed AS l
    WHERE
        (%(stage)s::text IS NULL OR l.stage = %(stage)s)
        AND (%(owner)s::text IS NULL OR l.owner = %(owner)s)
        AND (%(in_group)s::text IS NULL OR %(in_group)s = any(l.groups))
        AND (
            %(flag)s::text IS NULL
            OR %(flag)s = any(l.may_flag)
            OR (
                %(flag)s IN ('cooling', 'dormant')
                AND l.next_due < %(day)s
                AND (%(flag)s = 'cooling' OR %(day)s - l.last_contact > %(dormant_days)s)
            )
        )
        AND (%(found)s::text[] IS NULL OR l.partner = any(%(found)s::text[]))
)

SELECT
    partner,
    name,
    names,
    kind,
    country,
    groups,
    owner,
    stage,
    earned,
    last_contact,
    next_due,
    sort_key
FROM keyed
WHERE
    %(after)s::text IS NULL
    OR (sort_key = %(after_key)s AND partner > (%(after)s COLLATE "C"))
    OR (%(descending)s AND sort_key < (%(after_key)s COLLATE "C"))
    OR (NOT %(descending)s AND sort_key > (%(after_key)s COLLATE "C"))
ORDER BY
    CASE WHEN NOT %(descending)s THEN sort_key END,
    CASE WHEN %(descending)s THEN sort_key END DESC,
    partner
LIMIT %(max_rows)s
