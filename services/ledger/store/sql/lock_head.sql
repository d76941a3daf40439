-- Lock the ledger's head until commit: nobody else appends meanwhile. With it comes what
-- the ledger may grow to, if that is limited.
SELECT
    position,
    recorded_at,
    clock_timestamp() AS now,
    (
        SELECT ledger_limits.events FROM ledger_limits
        WHERE ledger_limits.ledger_id = %(ledger)s
    ) AS at_most
FROM ledger_heads
WHERE ledger_id = %(ledger)s
FOR UPDATE
