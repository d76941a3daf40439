-- Which places in streams are taken.
SELECT
    e.partner,
    e.version
FROM unnest(%s::text[], %s::bigint[]) AS u (partner, version)
INNER JOIN events AS e ON u.partner = e.partner AND u.version = e.version
WHERE e.ledger_id = %s
