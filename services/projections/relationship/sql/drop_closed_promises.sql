-- Drop the promises that a batch closed.
DELETE FROM open_promises AS p
USING unnest(
    %(partners)s::text[],
    %(kinds)s::text[],
    %(refs)s::text[],
    %(closed)s::boolean[]
) AS c (partner, kind, ref, closed)
WHERE
    p.ledger_id = %(ledger)s
    AND p.generation = %(generation)s
    AND p.partner = c.partner
    AND p.kind = c.kind
    AND p.ref = c.ref
    AND c.closed
