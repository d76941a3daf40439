-- The same of one partner.
SELECT
    event_id::text AS event,
    partner,
    position,
    type,
    occurred_at,
    occurred_from,
    occurred_to,
    recorded_at,
    recorded_by,
    days
FROM late_facts
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND partner = %(partner)s
    AND days >= %(days)s
    AND (days, position) < (%(before_days)s, %(before_position)s)
    AND acts_from <= %(as_of)s
    AND position <= %(cut)s
ORDER BY days DESC, position DESC
LIMIT %(max_rows)s
