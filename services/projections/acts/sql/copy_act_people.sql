-- Rows of the people of partners.
COPY act_people (ledger_id, generation, stream, person) FROM STDIN
