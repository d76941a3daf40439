-- How many events there are, and up to where the ledger and its tree have counted.
SELECT
    (SELECT count(*) FROM events WHERE ledger_id = %(ledger)s) AS events,
    (SELECT position FROM ledger_heads WHERE ledger_id = %(ledger)s) AS head,
    (SELECT size FROM trees WHERE ledger_id = %(ledger)s) AS leaves,
    (SELECT halted FROM trees WHERE ledger_id = %(ledger)s) AS halted
