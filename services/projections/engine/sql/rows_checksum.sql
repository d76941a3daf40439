-- How many rows a generation of a ledger has, and a number for what they say.
SELECT
    row_count,
    checksum
FROM rows_checksum(%(table)s, %(ledger)s, %(generation)s, %(ignored)s)
