-- The services' role, which may log in here; it owns nothing and has only what migrations grant.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ledger_service') THEN
        CREATE ROLE ledger_service LOGIN;
    END IF;
END
$$;
