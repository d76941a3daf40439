-- Rebuilding beside the readers: what each generation of a read model is, and the parts
-- of its tables. Parts come and go while the service runs, which may not change tables
-- itself: it calls the functions below, and they touch nothing but parts of read models.

-- state: live, the one that readers use and at most one a projection; building, on its
-- way to be that; returning, the same of one that was kept; kept, the last live one;
-- differs, built anew with other rows than the live one's; dropped, its rows may go.
ALTER TABLE checkpoints ADD COLUMN state text NOT NULL DEFAULT 'live';
ALTER TABLE checkpoints ADD COLUMN begun_at timestamptz;
ALTER TABLE checkpoints ADD COLUMN retired_at timestamptz;
ALTER TABLE checkpoints ADD CONSTRAINT checkpoints_state CHECK (
    state IN ('live', 'building', 'returning', 'kept', 'differs', 'dropped')
);
GRANT DELETE ON checkpoints TO ledger_service;

-- The name of a part, once it is sure that it is one of a read model of ours.
CREATE FUNCTION partition_name(model text, generation integer) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF generation NOT BETWEEN 1 AND 1000000 THEN
        RAISE EXCEPTION 'no such generation: %', generation;
    END IF;
    PERFORM FROM pg_class AS c
    INNER JOIN pg_partitioned_table AS p ON c.oid = p.partrelid
    INNER JOIN pg_attribute AS a ON c.oid = a.attrelid AND p.partattrs[0] = a.attnum
    WHERE
        c.relname = model
        AND c.relnamespace = 'public'::regnamespace
        AND c.relowner = current_user::regrole
        AND p.partstrat = 'l'
        AND a.attname = 'generation';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such read model: %', model;
    END IF;
    RETURN model || '_' || generation;
END $$;

-- Make the part of a generation unless it is there. Nobody waits: a part that is attached
-- locks out neither readers nor writers, while CREATE TABLE PARTITION OF does.
CREATE FUNCTION make_partition(model text, generation integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part text := partition_name(model, generation);
BEGIN
    EXECUTE format('LOCK TABLE ONLY public.%I IN SHARE UPDATE EXCLUSIVE MODE', model);
    IF to_regclass(format('public.%I', part)) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', part, model);
    EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES IN (%s)',
        model, part, generation
    );
END $$;

-- Count the values of a part, so that its first readers get good plans.
CREATE FUNCTION analyze_partition(model text, generation integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('ANALYZE public.%I', partition_name(model, generation));
END $$;

-- Drop the part of a generation that no ledger uses; false where one does, or where the
-- table is so busy that readers would wait: then it is tried again later. New ledgers
-- begin in generation 1, which stays.
CREATE FUNCTION drop_partition(
    model text, of_projection text, of_generation integer
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '50ms' AS $$
DECLARE
    part text := partition_name(model, of_generation);
BEGIN
    IF of_generation = 1 THEN
        RETURN false;
    END IF;
    -- Whoever begins a generation says so before making its part, which waits for this.
    EXECUTE format('LOCK TABLE ONLY public.%I IN ACCESS EXCLUSIVE MODE', model);
    PERFORM FROM public.checkpoints AS c
    WHERE
        c.projection = of_projection
        AND c.generation = of_generation
        AND c.state <> 'dropped';
    IF FOUND THEN
        RETURN false;
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS public.%I', part);
    RETURN true;
EXCEPTION
    WHEN lock_not_available THEN
        RETURN false;
END $$;

-- How many rows a generation of a ledger has, and one number for what they say in
-- whatever order; `ignored` are columns that tell of batches and not of the ledger.
CREATE FUNCTION rows_checksum(
    model text,
    ledger text,
    generation integer,
    ignored text[],
    OUT row_count bigint,
    OUT checksum numeric
)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) INTO STRICT told
    FROM pg_attribute AS a
    WHERE
        a.attrelid = format('public.%I', model)::regclass
        AND a.attnum > 0
        AND NOT a.attisdropped
        AND a.attname <> ALL(ignored || ARRAY['ledger_id', 'generation']);
    EXECUTE format(
        'SELECT count(*), coalesce(sum(hash_record_extended(ROW(%s), 0)), 0)'
        ' FROM public.%I WHERE ledger_id = $1 AND generation = $2',
        told, model
    ) INTO row_count, checksum USING ledger, generation;
END $$;

REVOKE ALL ON FUNCTION partition_name(text, integer) FROM public;
REVOKE ALL ON FUNCTION make_partition(text, integer) FROM public;
REVOKE ALL ON FUNCTION analyze_partition(text, integer) FROM public;
REVOKE ALL ON FUNCTION drop_partition(text, text, integer) FROM public;
GRANT EXECUTE ON FUNCTION make_partition(text, integer) TO ledger_service;
GRANT EXECUTE ON FUNCTION analyze_partition(text, integer) TO ledger_service;
GRANT EXECUTE ON FUNCTION drop_partition(text, text, integer) TO ledger_service;
