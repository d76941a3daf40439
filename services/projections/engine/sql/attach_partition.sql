-- Attach the part of a table for a generation; false while somebody else is at the table.
SELECT attach_partition(%(table)s, %(generation)s)
