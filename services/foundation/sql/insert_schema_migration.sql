-- Keeps that a migration was applied, in the migration's own transaction.
INSERT INTO schema_migrations (number, name, checksum)
VALUES (%(number)s, %(name)s, %(checksum)s);
