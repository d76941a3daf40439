-- Self-audits: asked for, and what they came to. One that has not ended is claimed by
-- locking its row, so that a worker that dies gives it back.
CREATE TABLE verifications (
    ledger_id text NOT NULL,
    id uuid NOT NULL,
    seed bigint NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    position bigint,
    ok boolean,
    checked text,
    found bigint,
    problems text,
    CONSTRAINT verifications_pkey PRIMARY KEY (ledger_id, id)
);

-- At most one at a time for each ledger.
CREATE UNIQUE INDEX verifications_unfinished ON verifications (ledger_id)
WHERE finished_at IS NULL;
CREATE INDEX verifications_finished ON verifications (ledger_id, finished_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON verifications TO ledger_service;
