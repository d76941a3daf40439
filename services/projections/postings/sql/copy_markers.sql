-- Rows of what became of promises.
COPY markers (
    ledger_id, generation, partner, position, n, event_id, acts_from,
    kind, ref, marker, count
) FROM STDIN
