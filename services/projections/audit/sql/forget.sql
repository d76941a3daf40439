-- Old results that found nothing.
DELETE FROM verifications
WHERE
    ledger_id = %(ledger)s
    AND ok
    AND finished_at < now() - %(kept)s::interval
