"""Distinct days, and whether enough of them lie within some window."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date

from services.projections.relationship.fold.moment import Because


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """A day on which something counted, and the events that show it."""

    day: date
    because: Because


@dataclass(frozen=True, slots=True)
class Window:
    """The days so far, the most within one window, and the evidence once enough."""

    days: tuple[MarkedDay, ...] = ()
    best: int = 0
    met: Because | None = None


def with_day(window: Window, new: MarkedDay, need: int, within: int) -> Window:
    """The window after another day; once enough days were found it stands still.

    Days are within n days of each other when last - first <= n.
    """
    if window.met is not None:
        return window
    place = bisect_left(window.days, new.day, key=lambda marked: marked.day)
    known = window.days[place : place + 1]
    if known and known[0].day == new.day:
        return window
    days = (*window.days[:place], new, *window.days[place:])
    best = max(window.best, _most(days, within))
    met = _evidence(days, need, within) if best >= need else None
    return Window(() if met else days, best, met)


def without_days_before(window: Window, day: date, within: int) -> Window:
    """The window without days that no window from this day on can hold."""
    if not window.days or (day - window.days[0].day).days <= within:
        return window
    kept = tuple(m for m in window.days if (day - m.day).days <= within)
    return replace(window, days=kept)


def _most(days: tuple[MarkedDay, ...], within: int) -> int:
    best = start = 0
    for end, marked in enumerate(days):
        while (marked.day - days[start].day).days > within:
            start += 1
        best = max(best, end - start + 1)
    return best


def _evidence(days: tuple[MarkedDay, ...], need: int, within: int) -> Because:
    for start in range(len(days) - need + 1):
        chosen = days[start : start + need]
        if not chosen or (chosen[-1].day - chosen[0].day).days <= within:
            return tuple(e for marked in chosen for e in marked.because)
    return ()
