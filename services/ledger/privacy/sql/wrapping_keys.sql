-- Which keys wrap the data keys of all ledgers.
SELECT DISTINCT kek FROM data_keys
