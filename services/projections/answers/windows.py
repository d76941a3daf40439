"""The days and months that an answer over time is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.occurrence import day_of, interval
from services.projections.answers.question import Question

MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Window:
    """From one day to another, both included; empty when the last is the earlier."""

    first: date
    last: date

    @property
    def months(self) -> Sequence[date]:
        """The first days of the months that it touches, in order."""
        numbers = range(_number(self.first), _number(self.last) + 1)
        return [_month(number) for number in numbers]

    @property
    def bounds(self) -> dict[str, date]:
        """The bounds as statements take them."""
        return {
            "first_day": self.first,
            "first_month": self.first.replace(day=1),
            "last_month": self.last.replace(day=1),
        }


def months_up_to(question: Question, count: int) -> Window:
    """So many whole months, the last one that of `as_of`; none before the year 1."""
    last = day_of(question.as_of, question.grant.zone)
    number = max(_number(date.min), _number(last) - count + 1)
    return Window(_month(number), last)


def since(question: Question, first: str | None) -> Window:
    """From a date on, its first day included; by default the last twelve months."""
    if first is None:
        return months_up_to(question, MONTHS_A_YEAR)
    zone = question.grant.zone
    begun = day_of(interval(first, zone).first, zone)
    return Window(begun, day_of(question.as_of, zone))


def month_text(month: date) -> str:
    """A month as answers write it: `2014-03`."""
    return month.isoformat()[:7]


def _number(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month - 1


def _month(number: int) -> date:
    return date(number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1, 1)
