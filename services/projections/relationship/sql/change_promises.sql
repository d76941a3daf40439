-- Add what a batch changes to the promises that are open.
UPDATE open_promises AS p
SET
    total = p.total + c.total,
    delivered = p.delivered + c.delivered,
    accepted = p.accepted OR c.accepted
FROM unnest(
    %(partners)s::text[],
    %(kinds)s::text[],
    %(refs)s::text[],
    %(totals)s::numeric[],
    %(delivered)s::numeric[],
    %(accepted)s::boolean[]
) AS c (partner, kind, ref, total, delivered, accepted)
WHERE
    p.ledger_id = %(ledger)s
    AND p.generation = %(generation)s
    AND p.partner = c.partner
    AND p.kind = c.kind
    AND p.ref = c.ref
