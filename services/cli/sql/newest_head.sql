-- When any ledger last recorded something.
SELECT max(recorded_at) AS recorded_at
FROM ledger_heads
