"""Partners of a busy office: a short history each, the last of it not long ago."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.histories import BEGINNING, Said, life
from services.foundation.event_log import StoredEvent
from services.foundation.ids import new_event_id

LIVES: Final = 40
SHORTEST: Final = 10
LONGEST: Final = 30
SILENT_FOR: Final = 200
"""Days since the last event of a partner, at most."""
NAMES: Final = ("Abe", "Baker", "Chiba", "Doi", "Endo", "Fischer", "Goto", "Honda")

GOALS: Final[tuple[Said, ...]] = (
    ("ContactMade", {"by": "us", "channel": "in_person", "minutes": 60}),
    ("GoalAsked", {"by": "us"}),
    ("GoalShared", {"whose": "partner", "statement": "More members."}),
)


class Neighbours:
    """So many partners, one after another; `position` is that of the last event."""

    def __init__(self, seed: int = 13) -> None:
        self._chance = random.Random(seed)  # noqa: S311
        told = (*BEGINNING, *GOALS)
        self._lives = [
            life(self._chance, LONGEST, beginning=told) for _ in range(LIVES)
        ]
        self.position = 0

    def tell(self, partners: int) -> Iterator[StoredEvent]:
        """The events of so many partners, each with a beginning of one of the lives."""
        today = datetime.now(UTC)
        for number in range(partners):
            length = self._chance.randint(SHORTEST, LONGEST)
            told = self._lives[number % LIVES][:length]
            ended = today - timedelta(days=self._chance.randint(1, SILENT_FOR))
            later = timedelta(days=(ended - told[-1].occurred_to).days)
            for row in told:
                self.position += 1
                yield _of(number, moved(row, later), self.position)


def _of(number: int, row: StoredEvent, position: int) -> StoredEvent:
    name = f"{NAMES[number % len(NAMES)]} {number}"
    return row._replace(
        position=position,
        id=new_event_id(),
        partner=f"p{number}",
        data=row.data.replace("Somebody", name),
    )


def moved(row: StoredEvent, later: timedelta) -> StoredEvent:
    """The same event, some days later; its date is a day."""
    occurred_from = row.occurred_from + later
    return row._replace(
        occurred_at=str(occurred_from.date()),
        occurred_from=occurred_from,
        occurred_to=row.occurred_to + later,
    )
