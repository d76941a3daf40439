-- What kind of server this is, as far as the ledger depends on it.
SELECT
    current_setting('server_version_num')::integer AS version,
    getdatabaseencoding() AS encoding,
    current_setting('default_transaction_isolation') AS isolation,
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit,
    to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL AS is_sharded,
    current_setting('max_prepared_transactions')::integer AS prepared,
    clock_timestamp() AS now
