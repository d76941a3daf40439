-- From now on readers use this generation.
UPDATE active_generations
SET generation = %(generation)s
WHERE ledger_id = %(ledger)s AND projection = %(projection)s
