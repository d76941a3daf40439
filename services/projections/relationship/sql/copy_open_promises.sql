-- Promises that were made and are open.
COPY open_promises (
    ledger_id, generation, partner, kind, ref, side, help, quantified, unit, total,
    delivered, accepted, until, until_at, event_id, acts_from
) FROM STDIN
