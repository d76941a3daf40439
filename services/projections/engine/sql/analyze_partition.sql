-- Get good plans for a generation before it has readers.
SELECT analyze_partition(%(table)s, %(generation)s)
