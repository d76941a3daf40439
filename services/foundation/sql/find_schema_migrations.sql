-- Whether this database has seen a migration at all: null when it has not.
SELECT to_regclass('schema_migrations') AS found;
