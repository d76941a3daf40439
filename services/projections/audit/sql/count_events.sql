-- How many events some streams have, counted no further than asked.
SELECT count(*) AS events
FROM (
    SELECT 1
    FROM events
    WHERE ledger_id = %(ledger)s AND partner = any(%(streams)s)
    ORDER BY partner, version
    LIMIT %(most)s
) AS counted
