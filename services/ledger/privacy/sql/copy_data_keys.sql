-- New data keys.
COPY data_keys (ledger_id, subject, kek, wrapped) FROM STDIN
