-- Destroy the keys of the notes about a person.
DELETE FROM data_keys
USING note_subjects
WHERE
    data_keys.ledger_id = %(ledger)s
    AND note_subjects.ledger_id = %(ledger)s
    AND note_subjects.person = %(person)s
    AND data_keys.subject = note_subjects.note
