-- The streams that some positions of the log tell of.
SELECT DISTINCT partner
FROM events
WHERE ledger_id = %(ledger)s AND position BETWEEN %(first)s AND %(last)s
