-- How many data keys are not under the newest wrapping key.
SELECT count(*) FROM data_keys
WHERE kek <> %(kek)s
