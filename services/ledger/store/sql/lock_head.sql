-- Lock the ledger's head until commit: nobody else appends meanwhile.
SELECT
    position,
    recorded_at,
    clock_timestamp() AS now
FROM ledger_heads
WHERE ledger_id = %s
FOR UPDATE
