"""JSON in RFC 8785 form, for values without floats, and reading JSON strictly."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from contracts.saying import Said

Json = Any
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical(value: Json) -> str:
    """The one text of a JSON value; the ledger's values hold no floats."""
    return _ENCODER.encode(value)


def digest(value: Json) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def parse_json(text: bytes | str) -> Json:
    """Read JSON; duplicate members, NaN, infinities and floods of digits are refused.

    Raises ValueError with a reason that repeats nothing of the text.
    """
    try:
        value = _DECODER.decode(text if isinstance(text, str) else text.decode())
    except UnicodeDecodeError:
        _refuse(Said("is not UTF-8"))
    except RecursionError:
        _refuse(Said("is nested too deeply"))
    except json.JSONDecodeError as error:
        at = {"line": error.lineno, "column": error.colno}
        _refuse(Said("is not valid JSON at line {line}, column {column}", **at))
    return value


def _refuse(reason: Said) -> NoReturn:
    raise ValueError(reason) from None


def _members(pairs: list[tuple[str, Json]]) -> Mapping[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refuse(Said("has a member twice"))
    return members


def _integer(digits: str) -> int:
    if len(digits) > 20:  # noqa: PLR2004 (longer than any integer in a fact)
        _refuse(Said("has a number with too many digits"))
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)  # kept only to be refused by the field that gets it
    if value - value != 0:
        _refuse(Said("has a number too large to hold"))
    return value


def _constant(_name: str) -> NoReturn:
    _refuse(Said("has a number that JSON does not know"))


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)
