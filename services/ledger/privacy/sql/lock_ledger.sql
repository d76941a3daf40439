-- Let the appends that have begun end, and others wait.
SELECT position FROM ledger_heads
WHERE ledger_id = %(ledger)s
FOR UPDATE
