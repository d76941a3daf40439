-- See the log and the rows as of the same moment.
SET LOCAL transaction_isolation = 'repeatable read'
