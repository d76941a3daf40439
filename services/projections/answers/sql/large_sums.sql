-- How the rest of the transaction is planned: sums over a whole ledger hash large sets,
-- and before there are statistics (after an import) loops would be planned instead.
SELECT
    set_config('work_mem', '64MB', TRUE) AS work_mem,
    set_config('enable_nestloop', 'off', TRUE) AS enable_nestloop,
    set_config('jit', 'off', TRUE) AS jit
