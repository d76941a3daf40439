-- The newest migration that the database has.
SELECT max(number) AS newest
FROM schema_migrations
