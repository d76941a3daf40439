-- Rows of the double entry.
COPY postings (
    ledger_id, generation, partner, position, n, event_id, acts_from,
    side, account, unit, amount, ref, leg, count
) FROM STDIN
