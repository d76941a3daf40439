-- Free the sources of retracted events.
DELETE FROM idempotency
WHERE ledger_id = %s AND key = any(%s)
