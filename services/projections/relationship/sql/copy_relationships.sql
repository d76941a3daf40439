-- How partners stand.
COPY relationships (
    ledger_id, generation, partner, position, policy, latest, known_from, name,
    names, kind, country, groups, owner, is_over, last_contact, target_days, may_flag, meets_until,
    unthanked_at, document
) FROM STDIN
