-- What an offer, a commitment and a delivery are to the rows of the books, said once for
-- every statement that sums by item. An item is named <stream>/<id>: what is recorded on
-- a partner about an item of one merged into it names it so already, and meets the item's
-- own rows. The views are plain projections: each is planned as the table below it.

CREATE VIEW item_postings AS
SELECT
    ledger_id,
    generation,
    partner,
    position,
    event_id,
    acts_from,
    side,
    account,
    unit,
    amount,
    leg,
    count,
    CASE
        WHEN account IN ('offered', 'accepted') THEN 'offer'
        WHEN account = 'outstanding' THEN 'commitment'
        ELSE 'delivery'
    END AS kind,
    CASE WHEN position('/' IN ref) > 0 THEN ref ELSE partner || '/' || ref END AS item
FROM postings
WHERE account <> 'world';

CREATE VIEW item_markers AS
SELECT
    ledger_id,
    generation,
    partner,
    position,
    event_id,
    acts_from,
    kind,
    marker,
    marker <> 'accepted' AS closes,
    count,
    CASE WHEN position('/' IN ref) > 0 THEN ref ELSE partner || '/' || ref END AS item
FROM markers;

CREATE VIEW item_promises AS
SELECT
    ledger_id,
    generation,
    partner,
    position,
    event_id,
    acts_from,
    kind,
    ref,
    side,
    help,
    quantified,
    unit,
    amount,
    until,
    until_at,
    count,
    partner || '/' || ref AS item
FROM promises;

-- The rows that introduce a delivery, as promises has them for a promise.
CREATE VIEW item_deliveries AS
SELECT
    ledger_id,
    generation,
    partner,
    position,
    event_id,
    acts_from,
    ref,
    side,
    unit,
    -amount AS amount,
    count,
    partner || '/' || ref AS item
FROM postings
WHERE account = 'world' AND leg = 'own' AND (amount < 0) = (count > 0);

-- What became of a promise: how it was closed, if it was (rules allow it once), else
-- whether it was accepted, or is an offer that was left to lapse.
CREATE FUNCTION promise_state(
    kind text, closed_as text, is_accepted boolean, is_past boolean
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN closed_as IS NOT NULL THEN closed_as
        WHEN is_accepted THEN 'accepted'
        WHEN kind = 'offer' AND is_past THEN 'lapsed'
        ELSE 'open'
    END
$$;

-- What is still to be delivered of a promise: nothing once it is closed. One whose time
-- has passed while something remained is overdue.
CREATE FUNCTION promise_remaining(
    closed_as text, total numeric, against numeric
) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN closed_as IS NULL THEN greatest(total - against, 0) ELSE 0 END
$$;

GRANT SELECT
ON item_postings, item_markers, item_promises, item_deliveries TO ledger_service;
