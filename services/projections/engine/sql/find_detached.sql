-- Tables whose part for a generation is filled and not yet attached.
SELECT t.name
FROM unnest(%(tables)s::text[]) AS t (name)
WHERE
    to_regclass('public.' || t.name || '_' || %(generation)s::integer) IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM pg_inherits
        WHERE
            inhrelid
            = to_regclass('public.' || t.name || '_' || %(generation)s::integer)
    )
