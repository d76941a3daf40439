-- Rows of what each side gained.
COPY benefits (
    ledger_id, generation, partner, position, n, event_id, acts_from,
    gained_by, confidence, unit, amount, count
) FROM STDIN
