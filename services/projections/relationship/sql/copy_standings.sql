-- From when to when which stage held.
COPY standings (
    ledger_id, generation, partner, n, stage, earned, episode, from_at, to_at
) FROM STDIN
