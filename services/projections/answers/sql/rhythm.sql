-- Days with a contact, and with one in person, of some partners in some months.
SELECT
    partner,
    month,
    count(DISTINCT day) AS contact_days,
    count(DISTINCT day) FILTER (WHERE in_person) AS in_person_days
FROM acts
WHERE
    ledger_id = %(ledger)s
    AND generation = %(generation)s
    AND act = 'contact'
    AND month = any(%(months)s::date[])
    AND partner = any(%(partners)s::text[])
    AND acts_from <= %(as_of)s
    AND position <= %(cut)s
GROUP BY partner, month
