-- Partners with a meeting ahead, or with help that no contact has followed yet.
SELECT r.partner
FROM relationships AS r
WHERE
    r.ledger_id = %(ledger)s
    AND r.generation = %(generation)s
    AND (
        (%(kind)s = 'meetings' AND r.meets_until >= %(as_of)s)
        OR (%(kind)s = 'thanks' AND r.unthanked_at >= %(since)s)
    )
    AND NOT r.partner = any(%(folded)s::text[])
    AND (%(owner)s::text IS NULL OR r.owner = %(owner)s)
    AND r.known_from <= %(cut)s
ORDER BY
    CASE WHEN %(kind)s = 'meetings' THEN r.meets_until END,
    CASE WHEN %(kind)s = 'thanks' THEN r.unthanked_at END DESC,
    r.partner
LIMIT %(max_rows)s
