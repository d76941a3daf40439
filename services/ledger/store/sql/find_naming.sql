-- Later events that may name a person or a partner, wherever they are.
SELECT DISTINCT partner
FROM events
WHERE ledger_id = %s AND position > %s AND position(%s IN data) > 0
