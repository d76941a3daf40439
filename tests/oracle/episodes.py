"""The life of a relationship, moment by moment, each judged from scratch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.conditions import ALLIED, COMPOUNDING, READY, STAGES, Standing
from tests.oracle.evidence import Evidence
from tests.oracle.reading import Fact

MICROSECOND = timedelta(microseconds=1)
BEFORE_ALL = 0
"""Where in the order of an instant the clock stands: every position comes after it."""

# "each contact, statement (goal, principle), delivery, acknowledgement, resolved
# dispute, benefit and agreement"
ACTS = frozenset(
    {
        *("ContactMade", "GoalAsked", "GoalShared", "PrincipleStated"),
        *("PrincipleAcknowledged", "HelpDelivered", "DeliveryAcknowledged"),
        *("DisputeResolved", "BenefitReported", "AllianceAgreed"),
    }
)


@dataclass(frozen=True)
class Row:
    """A stage entered, with the facts it was entered on, the completing one last."""

    stage: str
    episode: int
    start: datetime
    because: tuple[Fact, ...]


@dataclass(frozen=True)
class Moment:
    """A fact at its place in the order of happening, or only the clock."""

    at: datetime
    position: int
    fact: Fact | None


@dataclass(frozen=True)
class State:
    """How things stand right after a moment."""

    moment: Moment
    stage: str
    earned: int
    allied_since: date | None


class Episode:
    """What one episode earned, from its first fact to `until`."""

    def __init__(self, number: int, told: Evidence, until: datetime) -> None:
        self.number = number
        self.told = told
        self.until = until
        self.rows: list[Row] = []
        self.states: list[State] = []
        self.earned = -1
        self.allied_since: date | None = None
        for moment in sorted(self._moments(), key=lambda m: (m.at, m.position)):
            self._pass(moment)

    @property
    def contact_days(self) -> list[date]:
        return self.told.contact_days()

    def _moments(self) -> Iterator[Moment]:
        for fact in self.told.facts:
            yield Moment(fact.acts_from, fact.position, fact)
        for agreement in self.told.of("AllianceAgreed"):
            starts = self.told.starts(agreement)
            if agreement.acts_from < starts <= self.until:
                yield Moment(starts, BEFORE_ALL, None)
            if starts <= (last := self.told.last_moment(agreement)) < self.until:
                yield Moment(last + MICROSECOND, BEFORE_ALL, None)

    def _pass(self, moment: Moment) -> None:
        known = self._known_at(moment)
        act = not self.rows or (moment.fact is not None and moment.fact.type in ACTS)
        if act:
            self._earn(known, moment)
        self._enter_or_leave(known, moment)
        if act and self.stage == STAGES[ALLIED]:
            self._compound(known, moment)
        if moment.fact is not None and moment.fact.type == "RelationshipBrokenOff":
            self._enter("ended", moment, [moment.fact])
        state = State(moment, self.stage, self.earned, self.allied_since)
        self.states.append(state)

    def _known_at(self, moment: Moment) -> Evidence:
        """The facts up to the moment, in order of happening."""
        place = (moment.at, moment.position)
        facts = self.told.facts
        return self.told.but(f for f in facts if (f.acts_from, f.position) <= place)

    @property
    def stage(self) -> str:
        return self.rows[-1].stage

    def standing(self, known: Evidence, at: datetime) -> Standing:
        return Standing(known, known.day(at), self.earned, self.allied_since)

    def _earn(self, known: Evidence, moment: Moment) -> None:
        """As many stages as there are reasons for; unseen below an alliance."""
        while self.earned < READY and self._holds(known, moment, self.earned + 1):
            self.earned += 1
            if self.allied_since is None:
                self._enter(STAGES[self.earned], moment, known.facts)

    def _holds(self, known: Evidence, moment: Moment, stage: int) -> bool:
        return self.standing(known, moment.at).holds(stage)

    def _enter(self, stage: str, moment: Moment, because: Iterable[Fact]) -> None:
        self.rows.append(Row(stage, self.number, moment.at, tuple(because)))

    def _enter_or_leave(self, known: Evidence, moment: Moment) -> None:
        allied = self.allied_since is not None
        if not allied and known.in_force(moment.at):
            self.allied_since = known.day(moment.at)
            self._enter(STAGES[ALLIED], moment, _agreements_last(known, moment.at))
        if allied and not known.in_force(moment.at) and not self._renewed(moment):
            self.allied_since = None
            self._enter(STAGES[self.earned], moment, last_ended(known, moment.at))

    def _renewed(self, moment: Moment) -> bool:
        """Whether another agreement follows without a gap, at this very instant."""
        place = (moment.at, moment.position)
        return any(
            agreement.acts_from == moment.at and (moment.at, agreement.position) > place
            for agreement in self._agreements_at(moment.at)
        )

    def _agreements_at(self, at: datetime) -> list[Fact]:
        agreed = self.told.of("AllianceAgreed")
        return [a for a in agreed if self.told.but([a]).in_force(at)]

    def _compound(self, known: Evidence, moment: Moment) -> None:
        if self._holds(known, moment, COMPOUNDING):
            self._enter(STAGES[COMPOUNDING], moment, known.facts)


def _agreements_last(known: Evidence, at: datetime) -> list[Fact]:
    """All that is known, and last of it what is in force."""
    agreed = known.in_force(at)
    return [fact for fact in known.facts if fact not in agreed] + agreed


def last_ended(known: Evidence, at: datetime) -> list[Fact]:
    """The agreements that were in force up to the instant and then no longer."""
    return [
        agreement
        for agreement in known.of("AllianceAgreed")
        if over_from(known, agreement) == at
        and known.starts(agreement) <= min(at, known.last_moment(agreement))
    ]


def over_from(known: Evidence, agreement: Fact) -> datetime | None:
    """When the agreement, once in force, was no longer; none as far as is known."""
    ended = [ending.acts_from for ending in known.ended_by(agreement)]
    if agreement.data.get("ends") is not None:
        ended.append(known.last_moment(agreement) + MICROSECOND)
    return min(ended, default=None)


def episodes(told: Evidence, as_of: datetime) -> list[Episode]:
    """One after the other; what lies between two belongs to none."""
    found: list[Episode] = []
    facts = list(told.facts)
    while facts:
        ours, facts = _until_broken_off(facts)
        broken_off = ours[-1].type == "RelationshipBrokenOff"
        until = ours[-1].acts_from if broken_off else as_of
        found.append(Episode(len(found) + 1, told.but(ours), until))
        facts = _from_a_later_contact(told, ours[-1], facts)
    return found


def _until_broken_off(facts: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    for number, fact in enumerate(facts, start=1):
        if fact.type == "RelationshipBrokenOff":
            return facts[:number], facts[number:]
    return facts, []


def _from_a_later_contact(
    told: Evidence, broken_off: Fact, facts: list[Fact]
) -> list[Fact]:
    day = told.day(broken_off.acts_from)
    for number, fact in enumerate(facts):
        if fact.type == "ContactMade" and told.day(fact.acts_from) > day:
            return facts[number:]
    return []
