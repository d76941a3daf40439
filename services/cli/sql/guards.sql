-- The triggers that keep the log as it is, as far as they are switched on.
SELECT tgname
FROM pg_trigger
WHERE
    tgrelid = 'events'::regclass
    AND tgname IN ('events_immutable', 'events_never_truncated')
    AND tgenabled IN ('O', 'A')
