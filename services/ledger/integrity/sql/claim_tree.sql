-- The tree of a ledger, unless another worker has it or it is halted.
SELECT
    t.size,
    t.signed
FROM trees AS t
WHERE t.ledger_id = %(ledger)s AND t.halted IS NULL
FOR UPDATE OF t SKIP LOCKED
