-- Remember keys with what was recorded under them.
INSERT INTO idempotency (ledger_id, key, fingerprint, positions)
SELECT
    %s,
    u.key,
    u.fingerprint,
    string_to_array(u.positions, ' ')::bigint[] AS positions
FROM unnest(%s::text[], %s::text[], %s::text[]) AS u (key, fingerprint, positions)
