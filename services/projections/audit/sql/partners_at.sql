-- Whose events are at some positions.
SELECT
    position,
    partner
FROM events
WHERE ledger_id = %(ledger)s AND position = any(%(positions)s)
