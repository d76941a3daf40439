-- What people's own SQL may read: views with names that stay, over the rows that readers use,
-- without personal data. A role that shall read them is made a member of ledger_reader.
-- Nothing here grants rights on a table: views read with their owner's.

-- Roles belong to the server, so the migration of another database may make it meanwhile.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ledger_reader') THEN
        CREATE ROLE ledger_reader NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
END
$$;

CREATE SCHEMA ledger_read;

-- Functions are everybody's unless said otherwise; ours are for the services.
REVOKE ALL ON FUNCTION promise_state(text, text, boolean, boolean) FROM public;
REVOKE ALL ON FUNCTION promise_remaining(text, numeric, numeric) FROM public;
REVOKE ALL ON FUNCTION rows_checksum(text, text, integer, text[]) FROM public;
GRANT EXECUTE ON FUNCTION promise_state(text, text, boolean, boolean) TO ledger_service;
GRANT EXECUTE ON FUNCTION promise_remaining(text, numeric, numeric) TO ledger_service;
GRANT EXECUTE ON FUNCTION rows_checksum(text, text, integer, text[]) TO ledger_service;

CREATE VIEW ledger_read.ledgers AS
SELECT
    l.ledger_id,
    l.time_zone,
    l.created_at,
    h.position,
    CASE WHEN h.position > 0 THEN h.recorded_at END AS recorded_at
FROM ledgers AS l
INNER JOIN ledger_heads AS h ON l.ledger_id = h.ledger_id;

COMMENT ON VIEW ledger_read.ledgers
IS 'The ledgers, and how far each log is.';
COMMENT ON COLUMN ledger_read.ledgers.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.ledgers.time_zone
IS 'The time zone whose days are the ledger''s.';
COMMENT ON COLUMN ledger_read.ledgers.created_at
IS 'When the ledger was made.';
COMMENT ON COLUMN ledger_read.ledgers.position
IS 'The position of the newest event; 0 without any.';
COMMENT ON COLUMN ledger_read.ledgers.recorded_at
IS 'When the newest event was recorded.';

CREATE VIEW ledger_read.projections AS
SELECT
    c.ledger_id,
    c.projection,
    c.version,
    c.position,
    h.position AS head,
    h.position - c.position AS lag_events,
    c.error IS NOT NULL AS is_halted,
    c.advanced_at
FROM active_generations AS a
INNER JOIN checkpoints AS c
    ON
        a.ledger_id = c.ledger_id
        AND a.projection = c.projection
        AND a.generation = c.generation
INNER JOIN ledger_heads AS h ON a.ledger_id = h.ledger_id;

COMMENT ON VIEW ledger_read.projections
IS 'How far the rows behind the other views are.';
COMMENT ON COLUMN ledger_read.projections.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.projections.projection
IS 'relationship, postings or acts.';
COMMENT ON COLUMN ledger_read.projections.version
IS 'The version of what folds the events.';
COMMENT ON COLUMN ledger_read.projections.position
IS 'The position up to which events are in the rows.';
COMMENT ON COLUMN ledger_read.projections.head
IS 'The position of the ledger''s newest event.';
COMMENT ON COLUMN ledger_read.projections.lag_events
IS 'How many events are not in the rows yet.';
COMMENT ON COLUMN ledger_read.projections.is_halted
IS 'Whether it has stopped at an event that it cannot fold.';
COMMENT ON COLUMN ledger_read.projections.advanced_at
IS 'When it last moved.';

CREATE VIEW ledger_read.events AS
SELECT
    ledger_id,
    position,
    id AS event,
    partner,
    version,
    type,
    schema,
    occurred_at,
    occurred_from,
    occurred_to,
    recorded_at,
    causation,
    source_system
FROM events;

COMMENT ON VIEW ledger_read.events
IS 'The log without what the events say: that something was recorded, and when.';
COMMENT ON COLUMN ledger_read.events.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.events.position
IS 'The position of the event in the ledger''s log.';
COMMENT ON COLUMN ledger_read.events.event
IS 'The id of the event.';
COMMENT ON COLUMN ledger_read.events.partner
IS 'The partner it was recorded on; _ledger: the whole ledger.';
COMMENT ON COLUMN ledger_read.events.version
IS 'Its place among the partner''s events, from 1.';
COMMENT ON COLUMN ledger_read.events.type
IS 'What kind of fact it is.';
COMMENT ON COLUMN ledger_read.events.schema
IS 'The version of the shape of its data.';
COMMENT ON COLUMN ledger_read.events.occurred_at
IS 'When it happened, as precisely as was said.';
COMMENT ON COLUMN ledger_read.events.occurred_from
IS 'The first instant that occurred_at may mean.';
COMMENT ON COLUMN ledger_read.events.occurred_to
IS 'The last instant that occurred_at may mean.';
COMMENT ON COLUMN ledger_read.events.recorded_at
IS 'When the ledger learned it.';
COMMENT ON COLUMN ledger_read.events.causation
IS 'The id of the event that it arose from.';
COMMENT ON COLUMN ledger_read.events.source_system
IS 'The system that it was imported from.';

CREATE VIEW ledger_read.partners AS
SELECT
    r.ledger_id,
    r.partner,
    CASE
        WHEN coalesce(r.kind, '') <> 'person' AND NOT starts_with(r.name, 'sealed:')
            THEN r.name
    END AS name,
    r.kind,
    r.country,
    r.groups,
    r.owner,
    s.stage,
    s.earned,
    s.episode,
    s.from_at AS stage_since,
    r.is_over,
    r.last_contact,
    CASE
        WHEN NOT r.is_over AND r.last_contact IS NOT NULL
            THEN least(r.last_contact + r.target_days, '9999-12-31'::date)
    END AS next_due
FROM active_generations AS a
INNER JOIN relationships AS r
    ON
        a.ledger_id = r.ledger_id
        AND a.generation = r.generation
LEFT JOIN standings AS s
    ON
        r.ledger_id = s.ledger_id
        AND r.generation = s.generation
        AND r.partner = s.partner
        AND s.from_at <= now()
        AND (s.to_at IS NULL OR s.to_at > now())
WHERE a.projection = 'relationship';

COMMENT ON VIEW ledger_read.partners
IS 'The partners as they stand now, one row each.';
COMMENT ON COLUMN ledger_read.partners.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.partners.partner
IS 'The partner''s id; of a merged one, that which answers for it.';
COMMENT ON COLUMN ledger_read.partners.name
IS 'Its name; null for a person, and for who once was one.';
COMMENT ON COLUMN ledger_read.partners.kind
IS 'company, nonprofit, government, group, person, other, or null.';
COMMENT ON COLUMN ledger_read.partners.country
IS 'The country, as it was recorded.';
COMMENT ON COLUMN ledger_read.partners.groups
IS 'The groups it is in.';
COMMENT ON COLUMN ledger_read.partners.owner
IS 'The id of the person of ours who looks after the relationship.';
COMMENT ON COLUMN ledger_read.partners.stage
IS 'The stage of the relationship; null before its first event.';
COMMENT ON COLUMN ledger_read.partners.earned
IS 'The highest stage earned in this episode.';
COMMENT ON COLUMN ledger_read.partners.episode
IS 'The number of the episode; a break-off ends one.';
COMMENT ON COLUMN ledger_read.partners.stage_since
IS 'When this stage began.';
COMMENT ON COLUMN ledger_read.partners.is_over
IS 'Whether the relationship was broken off.';
COMMENT ON COLUMN ledger_read.partners.last_contact
IS 'The day of the last contact.';
COMMENT ON COLUMN ledger_read.partners.next_due
IS 'The day by which the two want to be in touch again.';

CREATE VIEW ledger_read.stages AS
SELECT
    s.ledger_id,
    s.partner,
    s.n,
    s.stage,
    s.earned,
    s.episode,
    s.from_at,
    s.to_at
FROM active_generations AS a
INNER JOIN standings AS s
    ON
        a.ledger_id = s.ledger_id
        AND a.generation = s.generation
WHERE a.projection = 'relationship';

COMMENT ON VIEW ledger_read.stages
IS 'Which stage held from when to when.';
COMMENT ON COLUMN ledger_read.stages.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.stages.partner
IS 'The partner''s id; of a merged one, that which answers for it.';
COMMENT ON COLUMN ledger_read.stages.n
IS 'The order of a partner''s rows, from 1.';
COMMENT ON COLUMN ledger_read.stages.stage
IS 'The stage.';
COMMENT ON COLUMN ledger_read.stages.earned
IS 'The highest stage earned in the episode.';
COMMENT ON COLUMN ledger_read.stages.episode
IS 'The number of the episode.';
COMMENT ON COLUMN ledger_read.stages.from_at
IS 'When it began; may lie ahead, where an agreement''s dates say so.';
COMMENT ON COLUMN ledger_read.stages.to_at
IS 'When it ended; null: it holds.';

CREATE VIEW ledger_read.alliance_partners AS
SELECT
    p.ledger_id,
    p.alliance,
    p.partner
FROM active_generations AS a
INNER JOIN alliance_partners AS p
    ON
        a.ledger_id = p.ledger_id
        AND a.generation = p.generation
WHERE a.projection = 'relationship';

COMMENT ON VIEW ledger_read.alliance_partners
IS 'Which alliances were proposed or agreed with which partners.';
COMMENT ON COLUMN ledger_read.alliance_partners.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.alliance_partners.alliance
IS 'The alliance''s id.';
COMMENT ON COLUMN ledger_read.alliance_partners.partner
IS 'The partner''s id; of a merged one, that which answers for it.';

CREATE VIEW ledger_read.acts AS
SELECT
    t.ledger_id,
    t.partner,
    t.position,
    t.event_id AS event,
    t.act,
    t.by_side,
    t.kind,
    t.in_person,
    t.thin AS is_attempt,
    cardinality(t.persons) AS people,
    t.acts_from,
    t.day,
    t.month
FROM active_generations AS a
INNER JOIN acts AS t
    ON
        a.ledger_id = t.ledger_id
        AND a.generation = t.generation
WHERE a.projection = 'acts';

COMMENT ON VIEW ledger_read.acts
IS 'The acts from which a relationship grows, one row each.';
COMMENT ON COLUMN ledger_read.acts.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.acts.partner
IS 'The partner''s id; of a merged one, that which answers for it.';
COMMENT ON COLUMN ledger_read.acts.position
IS 'The position of the event in the ledger''s log.';
COMMENT ON COLUMN ledger_read.acts.event
IS 'The id of the event.';
COMMENT ON COLUMN ledger_read.acts.act
IS 'What was done: contact, attempt, offer, delivery and so on.';
COMMENT ON COLUMN ledger_read.acts.by_side
IS 'Who did it: us or partner; null where both.';
COMMENT ON COLUMN ledger_read.acts.kind
IS 'The channel of a contact, the kind of help of the rest.';
COMMENT ON COLUMN ledger_read.acts.in_person
IS 'Whether the two met in person.';
COMMENT ON COLUMN ledger_read.acts.is_attempt
IS 'Whether it reached nobody.';
COMMENT ON COLUMN ledger_read.acts.people
IS 'How many people it names.';
COMMENT ON COLUMN ledger_read.acts.acts_from
IS 'When it happened, as balances and stages take it.';
COMMENT ON COLUMN ledger_read.acts.day
IS 'The day it happened, in the ledger''s time zone.';
COMMENT ON COLUMN ledger_read.acts.month
IS 'The first day of that month.';

CREATE VIEW ledger_read.contacts AS
SELECT
    t.ledger_id,
    t.partner,
    t.position,
    t.event_id AS event,
    t.by_side,
    t.kind AS channel,
    t.in_person,
    cardinality(t.persons) AS people,
    t.acts_from,
    t.day,
    t.month
FROM active_generations AS a
INNER JOIN acts AS t
    ON
        a.ledger_id = t.ledger_id
        AND a.generation = t.generation
WHERE a.projection = 'acts'
    AND t.act = 'contact';

COMMENT ON VIEW ledger_read.contacts
IS 'The contacts that were made, one row each.';
COMMENT ON COLUMN ledger_read.contacts.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.contacts.partner
IS 'The partner''s id; of a merged one, that which answers for it.';
COMMENT ON COLUMN ledger_read.contacts.position
IS 'The position of the event in the ledger''s log.';
COMMENT ON COLUMN ledger_read.contacts.event
IS 'The id of the event.';
COMMENT ON COLUMN ledger_read.contacts.by_side
IS 'Who began it: us or partner.';
COMMENT ON COLUMN ledger_read.contacts.channel
IS 'in_person, video, phone, email, chat, letter, group_event, other.';
COMMENT ON COLUMN ledger_read.contacts.in_person
IS 'Whether the two met in person.';
COMMENT ON COLUMN ledger_read.contacts.people
IS 'How many people it names.';
COMMENT ON COLUMN ledger_read.contacts.acts_from
IS 'When it happened, as balances and stages take it.';
COMMENT ON COLUMN ledger_read.contacts.day
IS 'The day it happened, in the ledger''s time zone.';
COMMENT ON COLUMN ledger_read.contacts.month
IS 'The first day of that month.';

CREATE VIEW ledger_read."merges" AS
SELECT
    m.ledger_id,
    m.partner,
    m.into_partner
FROM active_generations AS a
INNER JOIN "merges" AS m
    ON
        a.ledger_id = m.ledger_id
        AND a.generation = m.generation
WHERE a.projection = 'postings'
GROUP BY m.ledger_id, m.partner, m.into_partner
HAVING sum(m.count) > 0;

COMMENT ON VIEW ledger_read."merges"
IS 'Which partners turned out to be others.';
COMMENT ON COLUMN ledger_read."merges".ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read."merges".partner
IS 'The partner that was merged.';
COMMENT ON COLUMN ledger_read."merges".into_partner
IS 'The one that answers for it; it may be merged itself.';

CREATE VIEW ledger_read.postings AS
SELECT
    p.ledger_id,
    p.partner,
    p.position,
    p.n,
    p.event_id AS event,
    p.acts_from,
    p.side,
    p.account,
    p.unit,
    p.amount,
    p.ref,
    p.count < 0 AS undoes
FROM active_generations AS a
INNER JOIN postings AS p
    ON
        a.ledger_id = p.ledger_id
        AND a.generation = p.generation
WHERE a.projection = 'postings';

COMMENT ON VIEW ledger_read.postings
IS 'The double entry: signed amounts that sum to zero per event and unit.';
COMMENT ON COLUMN ledger_read.postings.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.postings.partner
IS 'The partner it was recorded on; see merges.';
COMMENT ON COLUMN ledger_read.postings.position
IS 'Where it was posted; a correction posts at its own position.';
COMMENT ON COLUMN ledger_read.postings.n
IS 'The order of the rows of a position.';
COMMENT ON COLUMN ledger_read.postings.event
IS 'The id of the event that it is about.';
COMMENT ON COLUMN ledger_read.postings.acts_from
IS 'When it happened, as balances and stages take it.';
COMMENT ON COLUMN ledger_read.postings.side
IS 'Who gives: us or partner.';
COMMENT ON COLUMN ledger_read.postings.account
IS 'offered, accepted, outstanding, awaiting, acknowledged, disputed, world.';
COMMENT ON COLUMN ledger_read.postings.unit
IS 'The unit; units are never added together.';
COMMENT ON COLUMN ledger_read.postings.amount
IS 'The signed amount.';
COMMENT ON COLUMN ledger_read.postings.ref
IS 'The offer, commitment or delivery; of a merged partner <merged>/<id>.';
COMMENT ON COLUMN ledger_read.postings.undoes
IS 'Whether it takes back an earlier row.';

CREATE VIEW ledger_read.benefits AS
SELECT
    b.ledger_id,
    b.partner,
    b.event_id AS event,
    b.acts_from,
    b.gained_by,
    b.confidence,
    b.unit,
    sum(b.amount) AS amount
FROM active_generations AS a
INNER JOIN benefits AS b
    ON
        a.ledger_id = b.ledger_id
        AND a.generation = b.generation
WHERE a.projection = 'postings'
GROUP BY
    b.ledger_id, b.partner, b.event_id, b.acts_from, b.gained_by, b.confidence, b.unit
HAVING sum(b.count) > 0;

COMMENT ON VIEW ledger_read.benefits
IS 'What each side gained; one-sided, never part of a balance.';
COMMENT ON COLUMN ledger_read.benefits.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.benefits.partner
IS 'The partner it was recorded on; see merges.';
COMMENT ON COLUMN ledger_read.benefits.event
IS 'The id of the event.';
COMMENT ON COLUMN ledger_read.benefits.acts_from
IS 'When it happened, as balances and stages take it.';
COMMENT ON COLUMN ledger_read.benefits.gained_by
IS 'Who gained: us or partner.';
COMMENT ON COLUMN ledger_read.benefits.confidence
IS 'estimated, reported or confirmed.';
COMMENT ON COLUMN ledger_read.benefits.unit
IS 'The unit.';
COMMENT ON COLUMN ledger_read.benefits.amount
IS 'How much.';

CREATE VIEW ledger_read.promises AS
WITH made AS (
    SELECT
        q.ledger_id,
        q.partner,
        q.kind,
        q.ref,
        q.item,
        q.side,
        q.help,
        q.quantified,
        q.unit,
        q.amount,
        q.until,
        q.until_at,
        q.event_id,
        q.acts_from
    FROM active_generations AS a
    INNER JOIN item_promises AS q
        ON
            a.ledger_id = q.ledger_id
            AND a.generation = q.generation
    WHERE a.projection = 'postings' AND q.acts_from <= now()
    GROUP BY
        q.ledger_id, q.partner, q.kind, q.ref, q.item, q.side, q.help, q.quantified,
        q.unit, q.amount, q.until, q.until_at, q.event_id, q.acts_from
    HAVING sum(q.count) > 0
),

sums AS (
    SELECT
        p.ledger_id,
        p.kind,
        p.item,
        sum(p.amount) FILTER (WHERE p.leg = 'promise') AS total,
        -sum(p.amount) FILTER (WHERE p.leg = 'delivery') AS against
    FROM active_generations AS a
    INNER JOIN item_postings AS p
        ON
            a.ledger_id = p.ledger_id
            AND a.generation = p.generation
    WHERE
        a.projection = 'postings'
        AND p.kind IN ('offer', 'commitment')
        AND p.acts_from <= now()
    GROUP BY p.ledger_id, p.kind, p.item
),

marked AS (
    SELECT
        m.ledger_id,
        m.kind,
        m.item,
        m.marker,
        m.closes
    FROM active_generations AS a
    INNER JOIN item_markers AS m
        ON
            a.ledger_id = m.ledger_id
            AND a.generation = m.generation
    WHERE a.projection = 'postings' AND m.acts_from <= now()
    GROUP BY m.ledger_id, m.kind, m.item, m.marker, m.closes
    HAVING sum(m.count) > 0
),

marks AS (
    SELECT
        ledger_id,
        kind,
        item,
        max(marker) FILTER (WHERE closes) AS closed_as,
        bool_or(NOT closes) AS is_accepted
    FROM marked
    GROUP BY ledger_id, kind, item
),

items AS (
    SELECT
        made.*,
        greatest(coalesce(sums.total, made.amount), 0) AS total,
        greatest(coalesce(sums.against, 0), 0) AS delivered,
        coalesce(made.until_at < now(), FALSE) AS is_past,
        marks.closed_as,
        coalesce(marks.is_accepted, FALSE) AS is_accepted
    FROM made
    LEFT JOIN sums
        ON
            made.ledger_id = sums.ledger_id
            AND made.kind = sums.kind
            AND made.item = sums.item
    LEFT JOIN marks
        ON
            made.ledger_id = marks.ledger_id
            AND made.kind = marks.kind
            AND made.item = marks.item
)

SELECT
    ledger_id,
    partner,
    kind,
    ref,
    side,
    help,
    quantified AS is_quantified,
    unit,
    total,
    delivered,
    CASE WHEN closed_as IS NULL THEN greatest(total - delivered, 0) ELSE 0 END AS remaining,
    CASE
        WHEN closed_as IS NOT NULL THEN closed_as
        WHEN is_accepted THEN 'accepted'
        WHEN kind = 'offer' AND is_past THEN 'lapsed'
        ELSE 'open'
    END AS state,
    until,
    is_past AND closed_as IS NULL AND total > delivered AS is_overdue,
    event_id AS event,
    acts_from
FROM items;

COMMENT ON VIEW ledger_read.promises
IS 'Offers and commitments, and what became of each by now.';
COMMENT ON COLUMN ledger_read.promises.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.promises.partner
IS 'The partner it was recorded on; see merges.';
COMMENT ON COLUMN ledger_read.promises.kind
IS 'offer or commitment.';
COMMENT ON COLUMN ledger_read.promises.ref
IS 'Its id.';
COMMENT ON COLUMN ledger_read.promises.side
IS 'Who promised: us or partner.';
COMMENT ON COLUMN ledger_read.promises.help
IS 'The kind of help.';
COMMENT ON COLUMN ledger_read.promises.is_quantified
IS 'Whether a quantity was given; if not it counts as 1 act.';
COMMENT ON COLUMN ledger_read.promises.unit
IS 'The unit.';
COMMENT ON COLUMN ledger_read.promises.total
IS 'How much was promised, changes included.';
COMMENT ON COLUMN ledger_read.promises.delivered
IS 'How much was delivered against it.';
COMMENT ON COLUMN ledger_read.promises.remaining
IS 'How much is still to be delivered.';
COMMENT ON COLUMN ledger_read.promises.state
IS 'open, lapsed, accepted, declined, withdrawn, completed or cancelled.';
COMMENT ON COLUMN ledger_read.promises.until
IS 'When it is due or lapses, as precisely as was said.';
COMMENT ON COLUMN ledger_read.promises.is_overdue
IS 'Whether that has passed while something remains.';
COMMENT ON COLUMN ledger_read.promises.event
IS 'The id of the event.';
COMMENT ON COLUMN ledger_read.promises.acts_from
IS 'When it happened, as balances and stages take it.';

CREATE VIEW ledger_read.balances AS
WITH deliveries AS (
    SELECT
        p.ledger_id,
        p.item,
        p.side,
        p.unit,
        greatest(
            coalesce(sum(p.amount) FILTER (WHERE p.account = 'awaiting'), 0), 0
        ) AS awaiting,
        greatest(
            coalesce(sum(p.amount) FILTER (WHERE p.account = 'acknowledged'), 0), 0
        ) AS acknowledged,
        greatest(
            coalesce(sum(p.amount) FILTER (WHERE p.account = 'disputed'), 0), 0
        ) AS disputed,
        greatest(sum(p.amount), 0) AS delivered
    FROM active_generations AS a
    INNER JOIN item_postings AS p
        ON
            a.ledger_id = p.ledger_id
            AND a.generation = p.generation
    WHERE
        a.projection = 'postings'
        AND p.kind = 'delivery'
        AND p.acts_from <= now()
    GROUP BY p.ledger_id, p.item, p.side, p.unit
    HAVING sum(p.count) > 0
),

items AS (
    SELECT
        ledger_id,
        partner,
        unit,
        side,
        CASE WHEN kind = 'offer' AND state IN ('open', 'lapsed') THEN total END AS offered,
        CASE WHEN kind = 'offer' AND state = 'lapsed' THEN total END AS lapsed,
        CASE WHEN kind = 'offer' AND state = 'accepted' THEN remaining END AS accepted,
        CASE
            WHEN kind = 'commitment' AND state IN ('open', 'accepted') THEN total
            WHEN kind = 'commitment' THEN least(total, delivered)
        END AS committed,
        CASE WHEN kind = 'commitment' THEN remaining END AS outstanding,
        NULL::numeric AS delivered,
        NULL::numeric AS acknowledged,
        NULL::numeric AS awaiting,
        NULL::numeric AS disputed
    FROM ledger_read.promises
    UNION ALL
    SELECT
        ledger_id,
        split_part(item, '/', 1) AS partner,
        unit,
        side,
        NULL AS offered,
        NULL AS lapsed,
        NULL AS accepted,
        NULL AS committed,
        NULL AS outstanding,
        delivered,
        acknowledged,
        awaiting,
        disputed
    FROM deliveries
)

SELECT
    ledger_id,
    partner,
    unit,
    side,
    coalesce(sum(offered), 0) AS offered,
    coalesce(sum(lapsed), 0) AS lapsed,
    coalesce(sum(accepted), 0) AS accepted,
    coalesce(sum(committed), 0) AS committed,
    coalesce(sum(outstanding), 0) AS outstanding,
    coalesce(sum(delivered), 0) AS delivered,
    coalesce(sum(acknowledged), 0) AS acknowledged,
    coalesce(sum(awaiting), 0) AS awaiting,
    coalesce(sum(disputed), 0) AS disputed
FROM items
GROUP BY ledger_id, partner, unit, side;

COMMENT ON VIEW ledger_read.balances
IS 'What each side gave by now, per unit, as GET /v1/balances has it.';
COMMENT ON COLUMN ledger_read.balances.ledger_id
IS 'The ledger; filter by it.';
COMMENT ON COLUMN ledger_read.balances.partner
IS 'The partner; what was recorded on a merged one stands under that.';
COMMENT ON COLUMN ledger_read.balances.unit
IS 'The unit; units are never added together.';
COMMENT ON COLUMN ledger_read.balances.side
IS 'Who gives: us (given) or partner (received).';
COMMENT ON COLUMN ledger_read.balances.offered
IS 'Offers that wait for an answer.';
COMMENT ON COLUMN ledger_read.balances.lapsed
IS 'Those of them whose time has passed.';
COMMENT ON COLUMN ledger_read.balances.accepted
IS 'What remains of accepted offers.';
COMMENT ON COLUMN ledger_read.balances.committed
IS 'All that was committed.';
COMMENT ON COLUMN ledger_read.balances.outstanding
IS 'What remains of commitments.';
COMMENT ON COLUMN ledger_read.balances.delivered
IS 'All that was delivered.';
COMMENT ON COLUMN ledger_read.balances.acknowledged
IS 'What of it was acknowledged.';
COMMENT ON COLUMN ledger_read.balances.awaiting
IS 'What of it awaits acknowledgement.';
COMMENT ON COLUMN ledger_read.balances.disputed
IS 'What of it is in dispute.';

GRANT USAGE ON SCHEMA ledger_read TO ledger_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger_read TO ledger_reader;
