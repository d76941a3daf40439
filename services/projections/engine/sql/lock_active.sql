-- Which generation readers use; nobody else changes it before this transaction ends.
SELECT generation
FROM active_generations
WHERE ledger_id = %(ledger)s AND projection = %(projection)s
FOR UPDATE
