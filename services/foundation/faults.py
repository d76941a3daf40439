"""What Pydantic finds wrong, as places and reasons without anything that was sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from contracts.saying import Said

UNKNOWN_MEMBER: Final = Said("has a member that is not known")


def faults(error: ValidationError, at: str = "") -> list[tuple[str, Said]]:
    """Where and why a body is not valid."""
    found = error.errors(include_url=False, include_input=False)
    return [_fault(fault, fault["loc"], at) for fault in found]


def parameter_faults(
    found: Iterable[Mapping[str, Any]],
) -> list[tuple[str, Said]]:
    """Where and why parameters of a request are not valid."""
    return [(_pointer(fault["loc"]), _reason(fault)) for fault in found]


def reason_of(error: ValueError) -> Said:
    """The sentence that an error of ours was raised with."""
    reason = error.args[0]
    return reason if isinstance(reason, Said) else Said(str(reason))


def _fault(
    fault: Mapping[str, Any], place: Sequence[int | str], at: str
) -> tuple[str, Said]:
    if fault["type"] == "extra_forbidden":
        return at + _pointer(place[:-1]), UNKNOWN_MEMBER
    # Below a mapping the place holds keys that the client chose.
    if "names" in place:
        place = place[: place.index("names") + 1]
    known = [p for p in place if isinstance(p, int) or p.isidentifier()]
    return at + _pointer(known[:3]), _reason(fault)


def _reason(fault: Mapping[str, Any]) -> Said:
    """Our own sentence, or Pydantic's by the name of its kind."""
    values = fault.get("ctx", {})
    if "expected" in values:
        values = values | {"expected": values["expected"].replace(" or ", ", ")}
    if fault["type"] == "value_error":
        return reason_of(values["error"])
    english = fault["msg"].removeprefix("Input ")
    return Said.named(f"pydantic: {fault['type']}", english, values)


def _pointer(place: Sequence[int | str]) -> str:
    return "".join(f"/{part}" for part in place)
