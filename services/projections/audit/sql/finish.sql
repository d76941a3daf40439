-- What an audit came to.
UPDATE verifications
SET
    started_at = %(started_at)s,
    finished_at = %(finished_at)s,
    position = %(position)s,
    ok = %(ok)s,
    checked = %(checked)s,
    found = %(found)s,
    problems = %(problems)s
WHERE ledger_id = %(ledger)s AND id = %(id)s
