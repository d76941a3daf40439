-- Which partners each alliance is with, by the rows that tell the cut; partners of whom
-- something was recorded since stand without an alliance.
SELECT
    a.alliance,
    a.partner
FROM relationships AS r
INNER JOIN alliance_partners AS a
    ON
        r.ledger_id = a.ledger_id
        AND r.generation = a.generation
        AND r.partner = a.partner
WHERE
    r.ledger_id = %(ledger)s
    AND r.generation = %(generation)s
    AND a.ledger_id = %(ledger)s
    AND a.generation = %(generation)s
    AND r.position <= %(cut)s
UNION ALL
SELECT
    NULL AS alliance,
    r.partner
FROM relationships AS r
WHERE
    r.ledger_id = %(ledger)s
    AND r.generation = %(generation)s
    AND r.position > %(cut)s
UNION ALL
SELECT
    NULL AS alliance,
    e.partner
FROM events AS e
WHERE
    e.ledger_id = %(ledger)s
    AND e.position > %(cut)s
    AND e.partner <> '_ledger'
