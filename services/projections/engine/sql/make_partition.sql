-- Make the part of a table for a generation, unless it is there.
SELECT make_partition(%(table)s, %(generation)s)
