-- The next partners that may have proposals: by rows that tell the cut, and those of whom
-- something was recorded since.
SELECT r.partner
FROM relationships AS r
WHERE
    r.ledger_id = %(ledger)s
    AND r.generation = %(generation)s
    AND r.partner > %(after)s
    AND (
        'premature_proposal' = any(r.may_flag)
        OR r.position > %(cut)s
        OR (
            NOT %(premature_only)s
            AND EXISTS (
                SELECT 1
                FROM alliance_partners AS a
                WHERE
                    a.ledger_id = %(ledger)s
                    AND a.generation = %(generation)s
                    AND a.partner = r.partner
            )
        )
    )
UNION
SELECT e.partner
FROM events AS e
WHERE
    e.ledger_id = %(ledger)s
    AND e.position > %(cut)s
    AND e.partner > %(after)s
    AND e.partner <> '_ledger'
ORDER BY partner
LIMIT %(max_rows)s
