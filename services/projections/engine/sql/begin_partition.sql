-- Make the part of a table for a generation, not yet attached, unless it is there.
SELECT begin_partition(%(table)s, %(generation)s)
