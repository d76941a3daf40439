-- Have a ledger audited, unless an audit of it is waiting or under way.
INSERT INTO verifications (ledger_id, id, seed, requested_at)
VALUES (%(ledger)s, %(id)s, %(seed)s, now())
ON CONFLICT (ledger_id) WHERE finished_at IS NULL DO NOTHING
