-- Where projections stand, and the first two read models. Rows carry a generation, so
-- that a rebuild fills a new one beside the one that readers use.

CREATE TABLE checkpoints (
    ledger_id text NOT NULL,
    projection text NOT NULL,
    generation integer NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL,
    advanced_at timestamptz NOT NULL,
    halted_at bigint,
    error text,
    CONSTRAINT checkpoints_pkey PRIMARY KEY (ledger_id, projection, generation)
);

CREATE TABLE active_generations (
    ledger_id text NOT NULL,
    projection text NOT NULL,
    generation integer NOT NULL,
    CONSTRAINT active_generations_pkey PRIMARY KEY (ledger_id, projection)
);

-- postings: double entry. position is where a row was posted (a correction posts the
-- differences at its own), event_id the fact it is about, leg what moved the amount,
-- count -1 for a row that undoes another.
CREATE TABLE postings (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    n integer NOT NULL,
    event_id uuid NOT NULL,
    acts_from timestamptz NOT NULL,
    side text NOT NULL,
    account text NOT NULL,
    unit text NOT NULL,
    amount numeric NOT NULL,
    ref text NOT NULL,
    leg text NOT NULL,
    count integer NOT NULL,
    CONSTRAINT postings_pkey PRIMARY KEY (ledger_id, generation, position, n)
) PARTITION BY LIST (generation);
CREATE INDEX postings_partner
ON postings (ledger_id, generation, partner, acts_from, position);

-- What an event says of a promise: accepted, declined, withdrawn, completed, cancelled.
CREATE TABLE markers (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    n integer NOT NULL,
    event_id uuid NOT NULL,
    acts_from timestamptz NOT NULL,
    kind text NOT NULL,
    ref text NOT NULL,
    marker text NOT NULL,
    count integer NOT NULL,
    CONSTRAINT markers_pkey PRIMARY KEY (ledger_id, generation, position, n)
) PARTITION BY LIST (generation);
CREATE INDEX markers_partner
ON markers (ledger_id, generation, partner, acts_from, position);

-- Offers and commitments as introduced; until is when an offer lapses or help is due.
CREATE TABLE promises (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    n integer NOT NULL,
    event_id uuid NOT NULL,
    acts_from timestamptz NOT NULL,
    kind text NOT NULL,
    ref text NOT NULL,
    side text NOT NULL,
    help text NOT NULL,
    quantified boolean NOT NULL,
    unit text NOT NULL,
    amount numeric NOT NULL,
    until text,
    until_at timestamptz,
    count integer NOT NULL,
    CONSTRAINT promises_pkey PRIMARY KEY (ledger_id, generation, position, n)
) PARTITION BY LIST (generation);
CREATE INDEX promises_partner
ON promises (ledger_id, generation, partner, acts_from, position);
CREATE INDEX promises_kind
ON promises (ledger_id, generation, kind, partner, ref);

-- What each side gained; one-sided, never part of the postings.
CREATE TABLE benefits (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    n integer NOT NULL,
    event_id uuid NOT NULL,
    acts_from timestamptz NOT NULL,
    gained_by text NOT NULL,
    confidence text NOT NULL,
    unit text NOT NULL,
    amount numeric NOT NULL,
    count integer NOT NULL,
    CONSTRAINT benefits_pkey PRIMARY KEY (ledger_id, generation, position, n)
) PARTITION BY LIST (generation);
CREATE INDEX benefits_partner
ON benefits (ledger_id, generation, partner, acts_from, position);

-- Events whose date is an interval: between its ends an answer is uncertain.
CREATE TABLE imprecise_dates (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    n integer NOT NULL,
    event_id uuid NOT NULL,
    acts_from timestamptz NOT NULL,
    occurred_to timestamptz NOT NULL,
    count integer NOT NULL,
    CONSTRAINT imprecise_dates_pkey PRIMARY KEY (ledger_id, generation, position, n)
) PARTITION BY LIST (generation);
CREATE INDEX imprecise_dates_partner
ON imprecise_dates (ledger_id, generation, partner, occurred_to);
CREATE INDEX imprecise_dates_to
ON imprecise_dates (ledger_id, generation, occurred_to);

-- Who was merged into whom, from which position on. The name is quoted for sqlfluff,
-- which takes it for a keyword.
CREATE TABLE "merges" (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    n integer NOT NULL,
    into_partner text COLLATE "C" NOT NULL,
    count integer NOT NULL,
    CONSTRAINT merges_pkey PRIMARY KEY (ledger_id, generation, position, n)
) PARTITION BY LIST (generation);

-- directory: who the partners are now.
CREATE TABLE directory (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    name text NOT NULL,
    names text NOT NULL,
    kind text,
    country text,
    groups text[] NOT NULL,
    owner text,
    merged_into text,
    known_from bigint NOT NULL,
    CONSTRAINT directory_pkey PRIMARY KEY (ledger_id, generation, partner)
) PARTITION BY LIST (generation);

CREATE TABLE postings_1 PARTITION OF postings FOR VALUES IN (1);
CREATE TABLE markers_1 PARTITION OF markers FOR VALUES IN (1);
CREATE TABLE promises_1 PARTITION OF promises FOR VALUES IN (1);
CREATE TABLE benefits_1 PARTITION OF benefits FOR VALUES IN (1);
CREATE TABLE imprecise_dates_1 PARTITION OF imprecise_dates FOR VALUES IN (1);
CREATE TABLE merges_1 PARTITION OF "merges" FOR VALUES IN (1);
CREATE TABLE directory_1 PARTITION OF directory FOR VALUES IN (1);

GRANT SELECT, INSERT, UPDATE ON checkpoints, active_generations TO ledger_service;
GRANT SELECT, INSERT, DELETE
ON postings, markers, promises, benefits, imprecise_dates, "merges" TO ledger_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON directory TO ledger_service;
