-- Change nothing, and give up what takes too long.
SELECT
    set_config('transaction_read_only', 'on', TRUE) AS changes_nothing,
    set_config('statement_timeout', '10s', TRUE) AS gives_up
