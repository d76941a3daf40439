-- Rows of offers and commitments.
COPY promises (
    ledger_id, generation, partner, position, n, event_id, acts_from,
    kind, ref, side, help, quantified, unit, amount, until, until_at, count
) FROM STDIN
