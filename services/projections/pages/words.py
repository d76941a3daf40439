"""The words of pages: catalogues, dates and numbers, in English and Japanese."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request

from contracts.occurrence import day_of, local, parse_instant
from services.foundation.problems import language_of

FOLDER: Final = Path(__file__).parent / "locale"
LANGUAGES: Final = ("en", "ja")
COOKIE: Final = "language"
MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
MINUS: Final = "\N{MINUS SIGN}"
YEAR, MONTH = 4, 7
"""How long a date is that tells no more than its year, or month."""


def language_for(request: Request, setting: str | None = None) -> str:
    """The language of a page: as switched, as set, or as the browser likes best."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return setting or language_of(request)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The texts of a language; English is what the code says."""
    return gettext.translation(
        "messages", FOLDER, languages=[language], fallback=language == "en"
    )


@dataclass(frozen=True, slots=True)
class Words:
    """How a page speaks: its language, and the ledger's time zone."""

    language: str
    zone: tzinfo

    def day(self, told: str | None) -> str:
        """A day, month, year or instant as people write it."""
        if told is None:
            return ""
        if len(told) == YEAR:
            return f"{told}年" if self.language == "ja" else told
        if len(told) == MONTH:
            return self._month(int(told[:4]), int(told[5:]))
        if len(told) > len("2026-03-05"):
            return self.date(day_of(parse_instant(told), self.zone))
        return self.date(date.fromisoformat(told))

    def moment(self, told: str) -> str:
        """A day as people write it, or an instant to the minute."""
        return self.time(told) if len(told) > len("2026-03-05") else self.day(told)

    def time(self, told: str) -> str:
        """An instant to the minute."""
        at = local(parse_instant(told), self.zone)
        return f"{self.date(at.date())} {at:%H:%M}"

    def date(self, day: date) -> str:
        """A day: 5 Mar 2026, or 2026年3月5日."""
        if self.language == "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def _month(self, year: int, month: int) -> str:
        if self.language == "ja":
            return f"{year}年{month}月"
        return f"{MONTHS[month - 1]} {year}"

    def called(self, item: Mapping[str, Any]) -> str:
        """The name of a partner in this language, else its main name."""
        names: Mapping[str, str] = item.get("names") or {}
        return names.get(self.language) or item["name"] or item["partner"]

    def amount(self, text: str) -> str:
        """An exact amount, its thousands set apart."""
        whole, point, rest = text.partition(".")
        sign, digits = (MINUS, whole[1:]) if whole.startswith("-") else ("", whole)
        groups = f"{int(digits):,}"
        return f"{sign}{groups}{point}{rest}"
