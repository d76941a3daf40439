-- Rows of facts recorded late.
COPY late_facts (
    ledger_id, generation, partner, position, event_id, type, occurred_at,
    occurred_from, occurred_to, acts_from, recorded_at, recorded_by, days
) FROM STDIN
