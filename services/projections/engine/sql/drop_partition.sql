-- Drop the part of a table for a generation that no ledger uses.
SELECT drop_partition(%(table)s, %(projection)s, %(generation)s)
