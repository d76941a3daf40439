-- Rows of the directory.
COPY directory (
    ledger_id, generation, partner, name, names, kind, country, groups, owner,
    merged_into, known_from
) FROM STDIN
