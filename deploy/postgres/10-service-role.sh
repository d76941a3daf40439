#!/bin/sh
# Runs once, when the database is made: the role the services log in with, which owns
# nothing. Migrations run as the owner and grant it what it needs.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$SERVICE_PASSWORD" \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE ledger_service LOGIN PASSWORD :'password';
SQL
