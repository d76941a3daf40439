"""Whether the evidence that an answer names is evidence enough."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.episodes import Episode, episodes, last_ended
from tests.oracle.evidence import Evidence
from tests.oracle.policies import policy_of
from tests.oracle.reading import Event, Fact, facts, folded_into

Row = Mapping[str, Any]
TOGETHER = {"allied", "compounding"}


@dataclass(frozen=True)
class Because:
    """What a row of history names, as facts of its episode in order of happening."""

    row: Row
    before: Row | None
    episode: Episode
    named: tuple[Fact, ...]

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.row["from"])

    @property
    def fell_back(self) -> bool:
        """Whether an alliance was over, not a stage earned."""
        return (
            self.before is not None
            and self.before["stage"] in TOGETHER
            and self.row["stage"] not in {*TOGETHER, "ended"}
            and self.before["episode"] == self.row["episode"]
        )

    def is_sufficient(self) -> bool:
        """Whether it is enough, and the fact named last is the one that did it."""
        enough = self.ended_last() if self.fell_back else self.earns()
        return enough and self.completes()

    def ended_last(self) -> bool:
        """Whether it is the agreement, and nothing but what ended last."""
        told = self.episode.told
        last = last_ended(told, self.since)
        endings = [ending for one in last for ending in told.ended_by(one)]
        return any(f in last for f in self.named) and all(
            fact in last + endings for fact in self.named
        )

    def earns(self) -> bool:
        """Whether the named facts alone would have earned the stage by then.

        They may do so sooner: without a rejection, say, that was taken back later.
        """
        told = self.episode.told.but(self.named)
        return any(
            row.stage == self.row["stage"] and row.start <= self.since
            for alone in episodes(told, self.since)
            for row in alone.rows
        )

    def completes(self) -> bool:
        """Whether the fact named last brought about the row.

        That is the latest of them, or the agreement that the clock brought into force.
        """
        last = next((f for f in self.named if f.id == self.row["because"][-1]), None)
        if last is None:
            return False
        if self.row["stage"] == "allied" and last.type == "AllianceAgreed":
            return self.episode.told.starts(last) == self.since
        return self.fell_back or (
            last == self.named[-1] and last.acts_from == self.since
        )


def is_sufficient(  # noqa: PLR0913 - the members of a question
    events: Iterable[Event],
    history: Sequence[Row],
    number: int,
    *,
    position: int,
    zone: ZoneInfo,
    partner: str,
    policy: str | None = None,
) -> bool:
    """Whether replaying what row `number` of a history names, and no more, earns it.

    Only what is of the row's own episode counts. What a named fact refers to (a
    principle, a commitment) is known without being named, and acting times are those
    of the whole log.
    """
    read, row = facts(events, position=position, zone=zone), history[number]
    streams, since = folded_into(read, partner), datetime.fromisoformat(row["from"])
    ours = (f for f in read if f.stream in streams and f.acts_from <= since)
    told = Evidence(tuple(ours), zone, policy_of(read, policy)[1], tuple(read))
    episode = episodes(told, since)[row["episode"] - 1]
    named = tuple(f for f in episode.told.facts if f.id in row["because"])
    found = Because(row, history[number - 1] if number else None, episode, named)
    return found.is_sufficient()
