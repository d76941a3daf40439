-- Partners to get in touch with, the longest overdue for their cadence first.
SELECT
    r.partner,
    (%(day)s - r.last_contact) AS days_since,
    r.target_days,
    greatest(%(day)s - r.last_contact - r.target_days, 0)::numeric / r.target_days
        AS overdue
FROM relationships AS r
WHERE
    r.ledger_id = %(ledger)s
    AND r.generation = %(generation)s
    AND NOT r.is_over
    AND r.last_contact + r.target_days < %(day)s
    AND NOT r.partner = any(%(folded)s::text[])
    AND (%(owner)s::text IS NULL OR r.owner = %(owner)s)
    AND r.known_from <= %(cut)s
ORDER BY overdue DESC, r.partner ASC
LIMIT %(max_rows)s OFFSET %(skipped)s
