-- How each relationship stands. A partner's row holds what lists are searched and
-- sorted by, and a document: the state of its fold, from which flags are computed.

DROP TABLE directory;
DELETE FROM checkpoints WHERE projection = 'directory';
DELETE FROM active_generations WHERE projection = 'directory';

-- position: of the batch that wrote the row. policy: what judged it. latest: the acting time of the last
-- fact; from then on the row tells the present. may_flag: flags that may be raised.
CREATE TABLE relationships (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    policy text NOT NULL,
    latest timestamptz NOT NULL,
    known_from bigint NOT NULL,
    name text NOT NULL,
    names text NOT NULL,
    kind text,
    country text,
    groups text[] NOT NULL,
    owner text,
    is_over boolean NOT NULL,
    last_contact date,
    target_days integer NOT NULL,
    may_flag text[] NOT NULL,
    meets_until timestamptz,
    unthanked_at timestamptz,
    document text NOT NULL,
    CONSTRAINT relationships_pkey PRIMARY KEY (ledger_id, generation, partner)
) PARTITION BY LIST (generation);
CREATE INDEX relationships_latest ON relationships (ledger_id, generation, latest);
CREATE INDEX relationships_meets
ON relationships (ledger_id, generation, meets_until) WHERE meets_until IS NOT NULL;
CREATE INDEX relationships_unthanked
ON relationships (ledger_id, generation, unthanked_at) WHERE unthanked_at IS NOT NULL;

-- From when to when which stage held, and what was earned beneath it. Rows may lie in
-- the future: the dates of agreements are known.
CREATE TABLE standings (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    n integer NOT NULL,
    stage text NOT NULL,
    earned text NOT NULL,
    episode integer NOT NULL,
    from_at timestamptz NOT NULL,
    to_at timestamptz,
    CONSTRAINT standings_pkey PRIMARY KEY (ledger_id, generation, partner, n)
) PARTITION BY LIST (generation);

-- The same alliance with several partners is one alliance.
CREATE TABLE alliance_partners (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    alliance text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    CONSTRAINT alliance_partners_pkey
    PRIMARY KEY (ledger_id, generation, alliance, partner)
) PARTITION BY LIST (generation);
CREATE INDEX alliance_partners_partner
ON alliance_partners (ledger_id, generation, partner);

-- Offers and commitments that nobody closed: what is to be answered or to be done.
CREATE TABLE open_promises (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    ref text NOT NULL,
    side text NOT NULL,
    help text NOT NULL,
    quantified boolean NOT NULL,
    unit text NOT NULL,
    total numeric NOT NULL,
    delivered numeric NOT NULL,
    accepted boolean NOT NULL,
    until text,
    until_at timestamptz,
    event_id uuid NOT NULL,
    acts_from timestamptz NOT NULL,
    CONSTRAINT open_promises_pkey
    PRIMARY KEY (ledger_id, generation, partner, kind, ref)
) PARTITION BY LIST (generation);
CREATE INDEX open_promises_until
ON open_promises (ledger_id, generation, kind, side, until_at, partner, ref);

CREATE TABLE relationships_1 PARTITION OF relationships FOR VALUES IN (1);
CREATE TABLE standings_1 PARTITION OF standings FOR VALUES IN (1);
CREATE TABLE alliance_partners_1 PARTITION OF alliance_partners FOR VALUES IN (1);
CREATE TABLE open_promises_1 PARTITION OF open_promises FOR VALUES IN (1);

GRANT SELECT, INSERT, DELETE
ON relationships, standings, alliance_partners TO ledger_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON open_promises TO ledger_service;
