-- The migrations that this database has seen, each with the checksum of its file.
CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT schema_migrations_pkey PRIMARY KEY (number)
);
