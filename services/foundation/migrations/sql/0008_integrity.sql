-- The append-only tree over a ledger's log, and the heads that were signed of it. It is
-- never rebuilt: what it holds is what was recorded.

-- How far a tree has come; halted says why nothing more of it is signed.
CREATE TABLE trees (
    ledger_id text NOT NULL,
    size bigint NOT NULL,
    signed bigint NOT NULL,
    halted text,
    CONSTRAINT trees_pkey PRIMARY KEY (ledger_id)
);

-- Up to 256 hashes: of leaves at height 0, of complete subtrees over 256 of the height
-- below above it.
CREATE TABLE tree_tiles (
    ledger_id text NOT NULL,
    height integer NOT NULL,
    tile bigint NOT NULL,
    nodes bytea NOT NULL,
    CONSTRAINT tree_tiles_pkey PRIMARY KEY (ledger_id, height, tile)
);
-- Hashes do not get smaller, and trying costs time.
ALTER TABLE tree_tiles ALTER COLUMN nodes SET STORAGE EXTERNAL;

CREATE TABLE tree_heads (
    ledger_id text NOT NULL,
    size bigint NOT NULL,
    note text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT tree_heads_pkey PRIMARY KEY (ledger_id, size)
);

-- The verifier keys that a ledger's heads were signed with.
CREATE TABLE tree_keys (
    ledger_id text NOT NULL,
    verifier text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT tree_keys_pkey PRIMARY KEY (ledger_id, verifier)
);

SET LOCAL "citus.enable_unsafe_triggers" = on;

CREATE FUNCTION refuse_head_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'heads are immutable: they were handed out'
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER tree_heads_immutable BEFORE UPDATE OR DELETE ON tree_heads
FOR EACH ROW EXECUTE FUNCTION refuse_head_change();
CREATE TRIGGER tree_heads_never_truncated BEFORE TRUNCATE ON tree_heads
FOR EACH STATEMENT EXECUTE FUNCTION refuse_head_change();

GRANT SELECT, INSERT, UPDATE ON trees TO ledger_service;
GRANT SELECT, INSERT, UPDATE ON tree_tiles TO ledger_service;
GRANT SELECT, INSERT ON tree_heads TO ledger_service;
GRANT SELECT, INSERT ON tree_keys TO ledger_service;
