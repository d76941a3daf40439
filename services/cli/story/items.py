"""The events of a moment as they are sent to the ledger."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, Final

from services.cli.story.chapters import Chapter, Moment
from services.cli.story.dates import RELATIVE, resolved_date

SYSTEM: Final = "sample-story"

Item = dict[str, Any]

_EVENT: Final = re.compile(r"@([a-z0-9-]+)(?:\.(\d+))?")
_SOURCE: Final = re.compile(r"@([a-z0-9-]+\.[a-z0-9-]+\.\d+)")


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns what a chapter says into what is sent, for a day and a zone."""

    chapter: Chapter
    today: date
    zone: tzinfo

    def items(self, moment: Moment) -> Iterator[Item]:
        """The events of a moment; `@<source ref>` in them means an earlier event."""
        for number, told in enumerate(moment.events, 1):
            ((kind, data),) = told.items()
            yield self._filled(
                {
                    "type": kind,
                    "partner": self.chapter.partner,
                    "occurred_at": moment.when,
                    "data": data,
                    "source": {"system": SYSTEM, "ref": self._ref(moment.name, number)},
                    **_ties(moment, number),
                }
            )

    def _ref(self, moment: str, number: int | str) -> str:
        return f"{self.chapter.name}.{moment}.{number}"

    def _filled(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._member(name, v) for name, v in value.items()}
            case str() if RELATIVE.fullmatch(value):
                return resolved_date(value, self.today, self.zone)
            case str() if (found := _EVENT.fullmatch(value)) is not None:
                return "@" + self._ref(found[1], found[2] or 1)
        return value

    def _member(self, name: str, value: Any) -> Any:
        return _quantity(value) if name == "quantity" else self._filled(value)


def with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """An item in which the ids of recorded events, by source, stand for `@<source>`."""
    match value:
        case dict():
            return {name: with_ids(inner, ids) for name, inner in value.items()}
        case str() if (found := _SOURCE.fullmatch(value)) is not None:
            return ids[found[1]]
    return value


def _quantity(text: str) -> dict[str, str]:
    amount, unit = text.split(" ")
    return {"amount": amount, "unit": unit}


def _ties(moment: Moment, number: int) -> dict[str, str]:
    ties = {"causation": _cause(moment, number), "correlation": moment.correlation}
    return {name: tie for name, tie in ties.items() if tie is not None}


def _cause(moment: Moment, number: int) -> str | None:
    """The contact earlier in the same moment, else what the moment arose from."""
    earlier = list(enumerate(moment.events, 1))[: number - 1]
    contacts = (f"#{n}" for n, told in earlier if "ContactMade" in told)
    return next(contacts, moment.because)
