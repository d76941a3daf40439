-- The wrapped data keys of some subjects; an erased one has none.
SELECT
    subject,
    kek,
    wrapped
FROM data_keys
WHERE
    ledger_id = %(ledger)s
    AND subject = any(%(subjects)s::text[])
