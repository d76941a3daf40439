-- Which of some events are recorded.
SELECT id::text AS id
FROM events
WHERE ledger_id = %s AND id = any(%s::uuid[])
