-- Whether the ledger's database was made, which a killed first start may have left out.
SELECT datname
FROM pg_catalog.pg_database
WHERE datname = 'ledger';
