"""Stages and flags of a partner at a pair of cuts, by brute force."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.conditions import STAGES, missing
from tests.oracle.episodes import Row, episodes
from tests.oracle.evidence import Evidence
from tests.oracle.flags import Look, flags
from tests.oracle.policies import policy_of
from tests.oracle.reading import Event, Fact, facts, folded_into

Json = dict[str, Any]
TOGETHER = {"allied", "compounding"}


def stages(  # noqa: PLR0913 - the members of a question
    events: Iterable[Event],
    *,
    as_of: datetime,
    position: int,
    zone: ZoneInfo,
    partner: str,
    policy: str | None = None,
) -> Json:
    """The policy used, where the partner stands, and every stage on the way.

    `because` names all facts of the episode so far, the completing one last: enough,
    and more than needed. Of flags only the names and what one may compare are given.
    """
    read = facts(events, position=position, zone=zone)
    name, params = policy_of(read, policy)
    streams = folded_into(read, partner)
    ours = (f for f in read if f.stream in streams and f.acts_from <= as_of)
    told = Evidence(tuple(ours), zone, params, tuple(read))
    found = episodes(told, as_of)
    return {
        "policy": name,
        "current": _current(Look(told, as_of, found)) if found else None,
        "history": _history([row for episode in found for row in episode.rows]),
    }


def _current(look: Look) -> Json:
    episode = look.episodes[-1]
    row, standing = episode.rows[-1], episode.standing(episode.told, look.as_of)
    return {
        "stage": row.stage,
        "earned": STAGES[episode.earned],
        "episode": row.episode,
        "entered_at": text(row.start),
        "because": _ids(row.because),
        "missing": missing(standing, row.stage),
        "flags": flags(look),
    }


def _history(rows: Sequence[Row]) -> list[Json]:
    ends = [text(row.start) for row in rows[1:]]
    return [
        {
            "stage": row.stage,
            "episode": row.episode,
            "from": text(row.start),
            "to": end,
            "because": _ids(row.because),
        }
        for row, end in zip(rows, [*ends, None], strict=False)
    ]


def _ids(found: Iterable[Fact]) -> list[str]:
    return [fact.id for fact in found]


def text(instant: datetime) -> str:
    """An instant as answers write it."""
    stamp = instant.astimezone(UTC).replace(tzinfo=None)
    return stamp.isoformat(timespec="microseconds") + "Z"
