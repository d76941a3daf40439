-- Destroy the key of a person's names and addresses.
DELETE FROM data_keys
WHERE ledger_id = %(ledger)s AND subject = %(person)s
