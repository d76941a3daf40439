-- Who was merged into whom at the cut, and not unmerged.
SELECT
    partner,
    into_partner
FROM "merges"
WHERE ledger_id = %(ledger)s AND generation = %(generation)s AND position <= %(cut)s
GROUP BY partner, into_partner
HAVING sum(count) > 0
