-- Rows of who was merged into whom.
COPY "merges" (
    ledger_id, generation, partner, position, n, into_partner, count
) FROM STDIN
