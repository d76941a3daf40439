-- A generation that is built from nothing is built by ranges of whole partners, from the
-- log up to one position: any number of workers take ranges, each commits the rows of a
-- range together with `done`, and a range whose worker died is open again. A range holds
-- the partners from the first on and before the next range's first.
CREATE TABLE build_ranges (
    ledger_id text NOT NULL,
    projection text NOT NULL,
    generation integer NOT NULL,
    n integer NOT NULL,
    first_partner text COLLATE "C" NOT NULL,
    before_partner text COLLATE "C" NOT NULL,
    up_to bigint NOT NULL,
    events bigint NOT NULL,
    done boolean NOT NULL DEFAULT FALSE,
    CONSTRAINT build_ranges_pkey PRIMARY KEY (ledger_id, projection, generation, n),
    CONSTRAINT build_ranges_checkpoint
    FOREIGN KEY (ledger_id, projection, generation)
    REFERENCES checkpoints (ledger_id, projection, generation) ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE, DELETE ON build_ranges TO ledger_service;

-- Make the part of a generation unless it is there, without indexes and not yet seen by
-- anybody: rows are copied into it by its own name, at a third of what they cost else.
CREATE FUNCTION begin_partition(model text, generation integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part text := partition_name(model, generation);
BEGIN
    EXECUTE format('LOCK TABLE ONLY public.%I IN SHARE UPDATE EXCLUSIVE MODE', model);
    IF to_regclass(format('public.%I', part)) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL EXCLUDING INDEXES)',
            part, model
        );
    END IF;
    EXECUTE format('GRANT INSERT ON public.%I TO ledger_service', part);
END $$;

-- Attach the part of a generation, which makes its indexes of all rows at once; false
-- while somebody else is at the table. Neither readers nor writers of others wait, and
-- readers keep cores: it takes one.
CREATE FUNCTION attach_partition(model text, generation integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET max_parallel_maintenance_workers = 0 AS $$
DECLARE
    part text := partition_name(model, generation);
BEGIN
    EXECUTE format(
        'LOCK TABLE ONLY public.%I IN SHARE UPDATE EXCLUSIVE MODE NOWAIT', model
    );
    PERFORM make_partition(model, generation);
    RETURN true;
EXCEPTION
    WHEN lock_not_available THEN
        RETURN false;
END $$;

-- As before, and a part that was begun is attached: whoever steps event by event needs it.
CREATE OR REPLACE FUNCTION make_partition(model text, generation integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part text := partition_name(model, generation);
BEGIN
    EXECUTE format('LOCK TABLE ONLY public.%I IN SHARE UPDATE EXCLUSIVE MODE', model);
    PERFORM FROM pg_inherits WHERE inhrelid = to_regclass(format('public.%I', part));
    IF FOUND THEN
        RETURN;
    END IF;
    IF to_regclass(format('public.%I', part)) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', part, model
        );
    END IF;
    EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES IN (%s)',
        model, part, generation
    );
END $$;

REVOKE ALL ON FUNCTION begin_partition(text, integer) FROM public;
REVOKE ALL ON FUNCTION attach_partition(text, integer) FROM public;
GRANT EXECUTE ON FUNCTION begin_partition(text, integer) TO ledger_service;
GRANT EXECUTE ON FUNCTION attach_partition(text, integer) TO ledger_service;
