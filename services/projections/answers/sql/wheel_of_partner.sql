-- The same of one partner, whose acts are few: no month bounds the search.
SELECT
    month,
    act,
    kind,
    by_side,
    count(*) FILTER (WHERE NOT thin) AS full_count,
    count(*) FILTER (WHERE thin) AS thin_count
FROM acts
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND partner = %(partner)s
    AND day >= %(first_day)s
    AND acts_from <= %(as_of)s
    AND position <= %(cut)s
    AND (month, act, coalesce(kind, ''), coalesce(by_side, ''))
    > (%(after_month)s, %(after_act)s, %(after_kind)s, %(after_by)s)
GROUP BY month, act, kind, by_side
ORDER BY month, act, coalesce(kind, ''), coalesce(by_side, '')
LIMIT %(max_rows)s
