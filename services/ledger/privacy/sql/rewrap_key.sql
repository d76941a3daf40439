-- A data key under the newest wrapping key, unless it is destroyed by now.
UPDATE data_keys
SET
    kek = %(kek)s,
    wrapped = %(wrapped)s
WHERE ledger_id = %(ledger)s AND subject = %(subject)s
