-- Some data keys of a ledger that an older key wraps.
SELECT
    subject,
    kek,
    wrapped
FROM data_keys
WHERE
    ledger_id = %(ledger)s
    AND kek <> %(kek)s
ORDER BY subject
LIMIT %(most)s
