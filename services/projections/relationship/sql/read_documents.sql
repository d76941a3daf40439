-- The folds of some partners as they stand.
SELECT
    partner,
    document
FROM relationships
WHERE ledger_id = %s AND generation = %s AND partner = any(%s)
