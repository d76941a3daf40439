"""Telling the sample story to a ledger, so that it always ends today."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from typing import Any, Final

from services.cli.story.chapters import Chapter, Moment, chapters
from services.cli.story.dates import days_from_today
from services.cli.story.items import SYSTEM, Item, Teller, with_ids

OPENING: Final = "our-people.the-director.1"
"""The source of the first event; its date tells when a ledger heard the story."""

Post = Callable[[list[Item], str], list[Item]]


@dataclass(frozen=True, slots=True)
class Step:
    """Events that are recorded together; the key makes telling them again harmless.

    Where an item says `@<source ref>`, it means the id of that earlier event.
    """

    key: str
    items: tuple[Item, ...]


def record_story(post: Post, today: date, zone: tzinfo = UTC) -> int:
    """Record the whole story and count its events; the same day again adds nothing.

    `post` records a list of events atomically under an idempotency key and returns them
    as recorded. `zone` is the ledger's. A ledger that heard the story before must be
    told it for the day of `told_on`: on another day the dates would be others.
    """
    ids: dict[str, str] = {}
    for step in tell(today, zone):
        answers = post([with_ids(item, ids) for item in step.items], step.key)
        for item, answer in zip(step.items, answers, strict=True):
            ids[item["source"]["ref"]] = answer["id"]
    return len(ids)


def tell(today: date, zone: tzinfo = UTC) -> list[Step]:
    """The story in order of recording, dated for a day and the ledger's zone."""
    return [
        Step(_key(chapter, moment), tuple(Teller(chapter, today, zone).items(moment)))
        for chapter, moment in _in_order()
    ]


def told_on(opening: Mapping[str, Any]) -> date:
    """The day on which a ledger heard the story, from its recorded event `OPENING`."""
    key = f"{SYSTEM}:{OPENING.rpartition('.')[0]}"
    moment = next(m for chapter, m in _in_order() if _key(chapter, m) == key)
    day = date.fromisoformat(opening["occurred_at"][:10])
    return day - timedelta(days=days_from_today(moment.when))


def _in_order() -> list[tuple[Chapter, Moment]]:
    """Moments by their day, whosever they are; at last what was learned late."""
    told = [(chapter, moment) for chapter in chapters() for moment in chapter.moment]
    return sorted(told, key=lambda pair: _place(pair[1]))


def _place(moment: Moment) -> tuple[bool, int]:
    return moment.late, 0 if moment.late else days_from_today(moment.when)


def _key(chapter: Chapter, moment: Moment) -> str:
    return f"{SYSTEM}:{chapter.name}.{moment.name}"
