-- Whom new notes are about.
COPY note_subjects (ledger_id, person, note) FROM STDIN
