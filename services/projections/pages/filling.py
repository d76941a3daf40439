"""From a form to the data of an event, and back to fill the form in. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from contracts.occurrence import local, parse_instant
from services.projections.pages.drafting import NUMBER, Fields, lines_of, quantity_of
from services.projections.pages.shaping import Field

Json = dict[str, Any]
Values = Mapping[str, list[str]]
"""What each field of a form holds, by its key."""
YES_NO: Final = {"yes": True, "no": False}
LANGUAGES: Final = ("en", "ja")
NOTHING: Final[Sequence[Any]] = (None, "", [], {})
ASKED: Final = frozenset({"occurred_at", "sure"})
"""What the form asks for beside the data."""
DAY: Final = len("2026-03-05")


def data_of(
    fields: Sequence[Field],
    form: Fields,
    zone: tzinfo,
    before: Mapping[str, Any] | None = None,
) -> Json:
    """The data that a form tells; `before` is what it was filled in with, if anything.

    What is no number or day is sent as it is, and refused with its reason.
    """
    told = {field.name: TAKEN[field.kind](field, form, zone) for field in fields}
    was = before or {}
    data = {name: value for name, value in was.items() if name not in told}
    needed = {field.name for field in fields if field.is_required}
    for name, value in told.items():
        if value not in NOTHING or (value == [] and name in needed):
            data[name] = _as_it_was(was.get(name), value, zone)
    return data


def _as_it_was(was: Any, told: Any, zone: tzinfo) -> Any:
    """What the form does not show whole, and nobody changed, stays as it was."""
    match was, told:
        case str(), str():
            return kept(was, told, zone)
        case dict(), dict() if was.keys() - told.keys() - {*LANGUAGES}:
            return {k: v for k, v in was.items() if k not in LANGUAGES} | told
        case _:
            return told


def kept(was: str, told: str, zone: tzinfo) -> str:
    """A date as told, or as it was if the form shows them alike."""
    return was if moment_of(*shown(was, zone), zone) == told else told


def moment_of(day: str, clock: str, zone: tzinfo) -> str:
    """A day, or the instant of a time on it in the ledger's zone."""
    if not clock or len(day) != DAY:
        return day
    try:
        at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
        return at.isoformat()
    except ValueError:
        return f"{day}T{clock}"


def shown(told: str, zone: tzinfo) -> tuple[str, str]:
    """A date as a form shows it: a day, and the time on it if that is known."""
    if len(told) <= DAY or not told[:4].isdecimal():
        return told, ""
    try:
        at = local(parse_instant(told), zone)
    except ValueError:
        return told, ""
    return at.date().isoformat(), f"{at:%H:%M}"


def _text(field: Field, form: Fields, _: tzinfo) -> str:
    return form.one(field.key)


def _several(field: Field, form: Fields, _: tzinfo) -> list[str]:
    return form.all(field.key)


def _whole(field: Field, form: Fields, _: tzinfo) -> int | str:
    told = form.one(field.key)
    return int(told) if NUMBER.fullmatch(told) else told


def _yes_no(field: Field, form: Fields, _: tzinfo) -> bool | str:
    told = form.one(field.key)
    return YES_NO.get(told, told)


def _quantity(field: Field, form: Fields, _: tzinfo) -> Json | None:
    amount, unit = form.one(f"{field.key}.amount"), form.one(f"{field.key}.unit")
    return quantity_of(amount, unit)


def _date(field: Field, form: Fields, zone: tzinfo) -> str:
    return moment_of(form.one(field.key), form.one(f"{field.key}.time"), zone)


def _lines(field: Field, form: Fields, _: tzinfo) -> list[str]:
    return list(lines_of(form.one(field.key)))


def _names(field: Field, form: Fields, _: tzinfo) -> Json:
    told = {lang: form.one(f"{field.key}.{lang}") for lang in LANGUAGES}
    return {lang: name for lang, name in told.items() if name}


TAKEN: Final[Mapping[str, Callable[[Field, Fields, tzinfo], Any]]] = {
    "line": _text,
    "text": _text,
    "amount": _text,
    "choice": _text,
    "help": _text,
    "thing": _text,
    "partner": _text,
    "choices": _several,
    "things": _several,
    "lines": _lines,
    "whole": _whole,
    "yes_no": _yes_no,
    "quantity": _quantity,
    "date": _date,
    "names": _names,
}
"""By the kind of a field: how it is read from a form."""


def values_of(
    fields: Iterable[Field], data: Mapping[str, Any], zone: tzinfo
) -> dict[str, list[str]]:
    """What a form is filled in with, so that it tells the data."""
    values: dict[str, list[str]] = {}
    for field in fields:
        if field.name in data:
            values |= _filled(field, data[field.name], zone)
    return values


def _filled(field: Field, told: Any, zone: tzinfo) -> dict[str, list[str]]:
    key = field.key
    match field.kind:
        case "quantity" | "names":
            return {f"{key}.{name}": [value] for name, value in told.items()}
        case "choices" | "things":
            return {key: list(told)}
        case "lines":
            return {key: ["\n".join(told)]}
        case "yes_no":
            return {key: ["yes" if told else "no"]}
        case "date":
            day, clock = shown(told, zone)
            return {key: [day]} | ({f"{key}.time": [clock]} if clock else {})
        case _:
            return {key: [str(told)]}


def wrong_at(problem: Mapping[str, Any] | None) -> Mapping[str, str]:
    """Why a field is refused, by its name; what is of no field stands under none."""
    wrong: dict[str, str] = {}
    for error in (problem or {}).get("errors", ()):
        _, member, name = f"{error['pointer']}//".split("/")[:3]
        at = name if member == "data" else member if member in ASKED else ""
        wrong.setdefault(at, error["reason"])
    return wrong
