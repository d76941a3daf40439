-- Keys of personal text. Destroying one is what erasure is: the sealed texts stay in the
-- log, where proofs need them, and nobody can open them.

-- subject is person:<stream>/<id> or note:<event id>; wrapped under the key called kek.
-- A row that is deleted leaves at the next vacuum, which must not wait for many.
CREATE TABLE data_keys (
    ledger_id text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    kek text NOT NULL,
    wrapped bytea NOT NULL,
    CONSTRAINT data_keys_pkey PRIMARY KEY (ledger_id, subject)
)
WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);

-- Which notes go with whom: the people a note names, else its partner. It stays when
-- they are erased: a restored copy of data_keys is erased again by it.
CREATE TABLE note_subjects (
    ledger_id text NOT NULL,
    person text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    CONSTRAINT note_subjects_pkey PRIMARY KEY (ledger_id, person, note)
);

GRANT SELECT, INSERT, DELETE ON data_keys TO ledger_service;
GRANT SELECT, INSERT ON note_subjects TO ledger_service;
