-- The rows behind a balance, in order.
SELECT
    p.position,
    p.n,
    p.event_id::text AS event,
    p.acts_from,
    p.side,
    p.account,
    p.unit,
    p.amount::text AS amount,
    CASE
        WHEN p.partner = %(root)s OR position('/' IN p.ref) > 0 THEN p.ref
        ELSE p.partner || '/' || p.ref
    END AS ref
FROM postings AS p
WHERE
    p.ledger_id = %(ledger)s
    AND p.generation = %(generation)s
    AND p.partner = any(%(streams)s)
    AND p.acts_from <= %(as_of)s
    AND p.position <= %(cut)s
    AND (p.position, p.n) > (%(after)s, %(after_n)s)
ORDER BY p.position, p.n
LIMIT %(max_rows)s
