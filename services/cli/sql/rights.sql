-- What the service's role may do to the log.
SELECT
    has_table_privilege('ledger_service', 'events', 'SELECT') AS may_read,
    has_table_privilege('ledger_service', 'events', 'INSERT') AS may_add,
    has_table_privilege('ledger_service', 'events', 'UPDATE') AS may_change,
    has_table_privilege('ledger_service', 'events', 'DELETE') AS may_delete,
    has_table_privilege('ledger_service', 'events', 'TRUNCATE') AS may_empty
