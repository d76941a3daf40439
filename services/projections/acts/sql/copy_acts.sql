-- Rows of acts.
COPY acts (
    ledger_id, generation, partner, stream, position, event_id, act, by_side, kind,
    in_person, thin, acts_from, day, month, persons
) FROM STDIN
