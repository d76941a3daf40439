-- Where the postings of a stretch of positions do not sum to zero per unit.
SELECT
    p.position,
    p.unit
FROM postings AS p
WHERE
    p.ledger_id = %(ledger)s
    AND p.generation = %(generation)s
    AND p.position > %(after)s
    AND p.position <= %(last)s
GROUP BY p.position, p.unit
HAVING sum(p.amount) <> 0
ORDER BY p.position, p.unit
LIMIT %(most)s
