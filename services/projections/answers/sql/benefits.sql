-- What each side gained, per partner and unit.
SELECT
    u.root,
    b.unit,
    b.gained_by,
    b.confidence,
    sum(b.amount)::text AS amount
FROM unnest(%(streams)s::text[], %(roots)s::text[]) AS u (stream, root)
INNER JOIN benefits AS b ON u.stream = b.partner
WHERE
    b.ledger_id = %(ledger)s
    AND b.generation = %(generation)s
    AND b.partner = any(%(streams)s::text[])
    AND b.acts_from <= %(as_of)s
    AND b.position <= %(cut)s
GROUP BY u.root, b.unit, b.gained_by, b.confidence
HAVING sum(b.count) > 0
