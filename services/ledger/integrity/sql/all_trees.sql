-- The trees that can be checked.
SELECT
    ledger_id,
    size
FROM trees
WHERE halted IS NULL AND size > 0
ORDER BY ledger_id
