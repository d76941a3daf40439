-- The read model of acts: what was done, by whom, when, and which facts came in late.
-- partner is the one that answers at the end of all merges, stream where it was recorded.

-- One row an act; day and month are the ledger's, of when it acts from. After a large
-- import there are no statistics, and any index may be taken for any statement: no key
-- of these tables begins with the position, and there are as few as possible.
CREATE TABLE acts (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    event_id uuid NOT NULL,
    act text COLLATE "C" NOT NULL,
    by_side text COLLATE "C",
    kind text COLLATE "C",
    in_person boolean NOT NULL,
    thin boolean NOT NULL,
    acts_from timestamptz NOT NULL,
    day date NOT NULL,
    month date NOT NULL,
    persons text[] NOT NULL,
    CONSTRAINT acts_pkey PRIMARY KEY (
        ledger_id, generation, partner, month, position
    )
) PARTITION BY LIST (generation);
CREATE INDEX acts_month ON acts (ledger_id, generation, month, partner, day);

-- The people of partners, to tell them from ours where an act names people.
CREATE TABLE act_people (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    stream text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    CONSTRAINT act_people_pkey PRIMARY KEY (ledger_id, generation, stream, person)
) PARTITION BY LIST (generation);

-- Facts of every type recorded a day or more after they happened.
CREATE TABLE late_facts (
    ledger_id text NOT NULL,
    generation integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    occurred_at text NOT NULL,
    occurred_from timestamptz NOT NULL,
    occurred_to timestamptz NOT NULL,
    acts_from timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    days integer NOT NULL,
    CONSTRAINT late_facts_pkey PRIMARY KEY (ledger_id, generation, days, position)
) PARTITION BY LIST (generation);
CREATE INDEX late_facts_partner
ON late_facts (ledger_id, generation, partner, days, position);

CREATE TABLE acts_1 PARTITION OF acts FOR VALUES IN (1);
CREATE TABLE act_people_1 PARTITION OF act_people FOR VALUES IN (1);
CREATE TABLE late_facts_1 PARTITION OF late_facts FOR VALUES IN (1);

GRANT SELECT, INSERT, DELETE ON acts, act_people, late_facts TO ledger_service;
