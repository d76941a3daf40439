"""One transaction's decisions: what queued, decided in order, under the head's lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from psycopg import Connection

from contracts.events import (
    LEDGER_STREAM,
    EventCorrected,
    EventRetracted,
    PartnerIdentified,
    PartnerMerged,
    PersonalDataErased,
    RecordedEvent,
)
from contracts.events.reading import as_fact, in_force
from services.foundation.event_log import StoredEvent, read_positions
from services.ledger.privacy.subjects import (
    Private,
    Stream,
    private_of,
    private_of_correction,
)
from services.ledger.privacy.vault import Erasure, Vault
from services.ledger.rules import refusals
from services.ledger.rules.checks import LedgerView
from services.ledger.rules.decision import decide
from services.ledger.rules.relationship import Relationship, evolve
from services.ledger.store import recordings as r
from services.ledger.store.claims import Claims
from services.ledger.store.mapper import row_of
from services.ledger.store.revisions import prepare_revision, refold
from services.ledger.store.states import LedgerStates, find_versions

HERE: Final = "services.ledger.store"
Mark = tuple[int, int, int, int, int, tuple[int, int, int]]


@dataclass(slots=True)
class Batch:
    """What one transaction is about to append to a ledger."""

    connection: Connection[Any]
    states: LedgerStates
    position: int
    recorded_at: datetime
    claims: Claims
    vault: Vault
    recorded_ids: set[str]
    at_most: int | None
    rows: list[StoredEvent] = field(default_factory=list)
    events: list[RecordedEvent] = field(default_factory=list)
    changed: dict[str, Relationship] = field(default_factory=dict)
    undo: list[tuple[str, Relationship | None]] = field(default_factory=list)
    raw: set[str] = field(default_factory=set)

    def submit(self, submission: r.Submission) -> list[r.Outcome]:
        """Decide every recording of a submission; with `abort`, all or none."""
        mark = self._mark()
        one = len(submission.recordings) == 1
        outcomes = [
            self._append_raw(recording)
            if isinstance(recording, r.RawEvents)
            else self.record(recording, rows=one)
            for recording in submission.recordings
        ]
        if submission.abort and any(isinstance(o, r.Refused) for o in outcomes):
            self._back_to(mark)
            aborted = r.Refused(r.Aborted())
            return [o if isinstance(o, r.Refused) else aborted for o in outcomes]
        return outcomes

    def _append_raw(self, raw: r.RawEvents) -> r.Outcome:
        places = [(row.partner, row.version) for row in raw.items]
        taken = {(row.partner, row.version) for row in self.rows}
        taken |= find_versions(self.connection, self.states.ledger, places)
        if len(set(places)) < len(places) or taken.intersection(places):
            return r.Refused(r.VersionMismatch())
        rows = [
            row._replace(position=position, recorded_at=self.recorded_at)
            for position, row in enumerate(raw.items, self.position + 1)
        ]
        self.rows += rows
        self.position += len(rows)
        self.raw |= {row.partner for row in rows}
        return r.Recorded(rows)

    def record(self, recording: r.Recording, *, rows: bool) -> r.Outcome:
        """Decide one recording: replayed, refused, or appended whole."""
        try:
            positions = self.claims.replayed(recording)
        except refusals.Refusal as refusal:
            return r.Refused(refusal)
        if positions is not None:
            return r.Recorded(self._replayed(positions) if rows else (), replayed=True)
        return self._record_anew(recording)

    def _record_anew(self, recording: r.Recording) -> r.Outcome:
        recording = self._with_free_name(recording)
        mark, index = self._mark(), 0
        try:
            self._check_version(recording)
            self._check_room(recording)
            for index, item in enumerate(recording.items):  # noqa: B007
                self._append(item, recording.recorded_by)
            rows = self.rows[mark[0] :]
            positions = [row.position for row in rows]
            self.claims.claim(recording, positions, self._is_person)
        except refusals.Refusal as refusal:
            self._back_to(mark)
            return r.Refused(refusal, index)
        return r.Recorded(rows)

    def _is_person(self, partner: str) -> bool:
        return self.state(partner).is_person

    def _with_free_name(self, recording: r.Recording) -> r.Recording:
        if not recording.names_partner or recording.otherwise is None:
            return recording
        named = [i for i in recording.items if isinstance(i.data, PartnerIdentified)]
        taken = any(self.state(item.partner).version for item in named)
        return recording.otherwise() if taken else recording

    def _check_version(self, recording: r.Recording) -> None:
        if recording.expected_version is None:
            return
        if self.state(recording.items[0].partner).version != recording.expected_version:
            raise r.VersionMismatch

    def _check_room(self, recording: r.Recording) -> None:
        """A ledger that is full still forgets people."""
        if self.at_most is None:
            return
        erases = all(isinstance(i.data, PersonalDataErased) for i in recording.items)
        if not erases and self.position + len(recording.items) > self.at_most:
            raise r.LedgerFull

    def state(self, partner: str) -> Relationship:
        """The state of a stream as this transaction leaves it so far."""
        if partner in self.changed:
            return self.changed[partner]
        self.states.load(self.connection, (partner,))
        return self.states.known[partner]

    def _append(self, item: r.Item, recorded_by: str) -> None:
        if item.causation is not None and item.causation not in self.recorded_ids:
            raise refusals.UnknownCausation("/causation")
        state = self.state(item.partner)
        if isinstance(item.data, EventRetracted | EventCorrected):
            self._revise(self._event(item, recorded_by, state, {}), item)
            return
        completed = decide(
            state, self._view(item), item.id, item.data, item.occurred_from
        )
        event = self._event(item, recorded_by, state, completed)
        stream = Stream.of(state)
        if isinstance(item.data, PersonalDataErased):
            self._erase(item.id, item.data, stream)
        private = private_of(item.data, item.id, stream)
        self._keep(event, self._sealed(item, private))
        self._evolve(state, event)

    def _erase(self, event: str, data: PersonalDataErased, stream: Stream) -> None:
        subject = stream.person(data.person)
        self.vault.erase(Erasure(event, subject, bool(data.keep_notes)))

    def _sealed(
        self, item: r.Item, private: Private | None, *, inside: bool = False
    ) -> str:
        if private is None:
            return item.text
        return self.vault.seal(item.text, item.id, private, inside=inside)

    def _view(self, item: r.Item) -> LedgerView:
        named = [ref for _, kind, ref in item.data.references() if kind == "partner"]
        partners = {partner: self.state(partner) for partner in named}
        return LedgerView(self.state(LEDGER_STREAM), partners)

    def _event(
        self,
        item: r.Item,
        recorded_by: str,
        state: Relationship,
        completed: Mapping[str, Any],
    ) -> RecordedEvent:
        return RecordedEvent(
            id=item.id,
            position=self.position + 1,
            partner=item.partner,
            version=state.version + 1,
            type=type(item.data).__name__,
            schema=item.data.schema_number,
            occurred_at=item.occurred_at,
            occurred_from=item.occurred_from,
            occurred_to=item.occurred_to,
            recorded_at=self.recorded_at,
            recorded_by=recorded_by,
            causation=item.causation,
            correlation=item.correlation,
            source=item.source,
            data=item.data,
            completed=completed,
        )

    def _keep(self, event: RecordedEvent, text: str) -> None:
        self.position = event.position
        self.recorded_ids.add(event.id)
        self.events.append(event)
        self.rows.append(row_of(event, text))

    def _evolve(self, state: Relationship, event: RecordedEvent) -> None:
        if isinstance(event.data, PartnerMerged):
            self._replace_states(refold(self, event))
        else:
            self._change(evolve(state, as_fact(event)))

    def _revise(self, event: RecordedEvent, item: r.Item) -> None:
        revision = prepare_revision(self, event)
        event = event._replace(completed=revision.completed)
        before = in_force(revision.events)
        after = in_force([*revision.events, event])
        self.claims.move(before, after)
        stream = Stream.of(self.state(item.partner))
        private = private_of_correction(event, revision.events, stream)
        self._keep(event, self._sealed(item, private, inside=True))
        self._replace_states(refold(self, event))

    def _replace_states(self, states: Mapping[str, Relationship]) -> None:
        for state in states.values():
            self._change(state)

    def _change(self, state: Relationship) -> None:
        self.undo.append((state.partner, self.changed.get(state.partner)))
        self.changed[state.partner] = state

    def _replayed(self, positions: Sequence[int]) -> list[StoredEvent]:
        here = [row for row in self.rows if row.position in positions]
        stored = read_positions(self.connection, self.states.ledger, positions)
        return sorted(stored + here, key=lambda row: positions.index(row.position))

    def _mark(self) -> Mark:
        counts = len(self.rows), len(self.events), len(self.undo)
        return (*counts, self.position, self.claims.mark(), self.vault.mark())

    def _back_to(self, mark: Mark) -> None:
        """Forget what was decided since the mark."""
        rows, events, undo, self.position, claims, keys = mark
        self.vault.back_to(keys)
        self.recorded_ids.difference_update(row.id for row in self.rows[rows:])
        del self.rows[rows:], self.events[events:]
        for partner, previous in reversed(self.undo[undo:]):
            if previous is None:
                del self.changed[partner]
            else:
                self.changed[partner] = previous
        del self.undo[undo:]
        self.claims.back_to(claims)
