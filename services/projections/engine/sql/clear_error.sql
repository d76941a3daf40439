-- Try again from where it stopped.
UPDATE checkpoints
SET error = NULL, halted_at = NULL
WHERE
    ledger_id = %(ledger)s
    AND projection = %(projection)s
    AND state IN ('live', 'building', 'returning')
    AND error IS NOT NULL
