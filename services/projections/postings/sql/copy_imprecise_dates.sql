-- Rows of events dated by an interval.
COPY imprecise_dates (
    ledger_id, generation, partner, position, n, event_id, acts_from,
    occurred_to, count
) FROM STDIN
