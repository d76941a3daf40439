-- Who gets in: when a key was last used and how often it may ask, links for a browser,
-- and the sessions that they begin.

-- Keys are hashed with a pepper from now on. There was no way to make another key than
-- the owner's, which every start stores again.
DELETE FROM keys;

ALTER TABLE keys ADD COLUMN last_used_at timestamptz;
ALTER TABLE keys ADD COLUMN requests_per_second integer;

-- A link works once; hash is that of its token.
CREATE TABLE links (
    ledger_id text NOT NULL,
    hash text NOT NULL,
    key_id text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT links_pkey PRIMARY KEY (ledger_id, hash)
);

-- A browser that came in by a link; it may what the key may, and ends with the key.
CREATE TABLE sessions (
    ledger_id text NOT NULL,
    hash text NOT NULL,
    key_id text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (ledger_id, hash)
);

-- What a ledger may grow to; without a row there is no limit.
CREATE TABLE ledger_limits (
    ledger_id text NOT NULL,
    events bigint NOT NULL,
    CONSTRAINT ledger_limits_pkey PRIMARY KEY (ledger_id)
);

GRANT SELECT, INSERT, DELETE ON links TO ledger_service;
GRANT SELECT, INSERT, DELETE ON sessions TO ledger_service;
GRANT SELECT ON ledger_limits TO ledger_service;
