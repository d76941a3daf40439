-- Wait for the steps under way on the generations of a projection, and keep others off.
SELECT generation
FROM checkpoints
WHERE ledger_id = %(ledger)s AND projection = %(projection)s
ORDER BY generation
FOR UPDATE
