-- Names that rows have and the log has not.
SELECT n.partner
FROM unnest(%(partners)s::text[]) AS n (partner)
LEFT JOIN events AS e
    ON
        e.ledger_id = %(ledger)s
        AND n.partner = e.partner
        AND e.version = 1
WHERE e.partner IS NULL
ORDER BY n.partner
