-- The log: ledgers, their heads, the events, and what makes recording repeatable.
-- Every key leads with ledger_id; nothing joins across ledgers.

CREATE TABLE ledgers (
    ledger_id text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT ledgers_pkey PRIMARY KEY (ledger_id)
);

-- The row that an append locks: the last position, and when it was recorded.
CREATE TABLE ledger_heads (
    ledger_id text NOT NULL,
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT ledger_heads_pkey PRIMARY KEY (ledger_id)
);

-- data and completed are text: the exact characters that are hashed.
CREATE TABLE events (
    ledger_id text NOT NULL,
    position bigint NOT NULL,
    id uuid NOT NULL,
    partner text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    type text NOT NULL,
    schema integer NOT NULL,
    occurred_at text NOT NULL,
    occurred_from timestamptz NOT NULL,
    occurred_to timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    causation uuid,
    correlation text,
    source_system text,
    source_ref text,
    data text NOT NULL,
    completed text NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (ledger_id, position),
    CONSTRAINT events_version UNIQUE (ledger_id, partner, version),
    CONSTRAINT events_id UNIQUE (ledger_id, id)
);

CREATE INDEX events_type ON events (ledger_id, type, position);
CREATE INDEX events_causation ON events (ledger_id, causation)
WHERE causation IS NOT NULL;
-- Hashes, since these texts may be longer than an index entry can be.
CREATE INDEX events_correlation
ON events (ledger_id, hashtextextended(correlation, 0))
WHERE correlation IS NOT NULL;
CREATE INDEX events_source
ON events (ledger_id, hashtextextended(source_ref, 0))
WHERE source_ref IS NOT NULL;

-- key is the SHA-256 of a client's key or of a source.
CREATE TABLE idempotency (
    ledger_id text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    positions bigint[] NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (ledger_id, key)
);

CREATE TABLE keys (
    ledger_id text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    hash text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT keys_pkey PRIMARY KEY (ledger_id, id),
    CONSTRAINT keys_hash UNIQUE (ledger_id, hash)
);

-- Events are only ever added. The trigger holds even for the owner of the table; Citus
-- allows triggers only with this setting, which plain PostgreSQL ignores. The name is
-- quoted whole for sqlfluff, which does not read a dotted one.
SET LOCAL "citus.enable_unsafe_triggers" = on;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are immutable: record a correction or a retraction'
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER events_immutable BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_never_truncated BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON ledgers TO ledger_service;
GRANT SELECT, INSERT, UPDATE ON ledger_heads TO ledger_service;
GRANT SELECT, INSERT ON events TO ledger_service;
GRANT SELECT, INSERT, DELETE ON idempotency TO ledger_service;
GRANT SELECT, INSERT, UPDATE ON keys TO ledger_service;
GRANT SELECT ON schema_migrations TO ledger_service;
