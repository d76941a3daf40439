"""vCards (2.1, 3.0 and 4.0) as people and organisations."""

import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from icalendar.parser import Contentline

from services.importers.content_lines import Line, Part, parts
from services.importers.desk import digest
from services.importers.refusals import RowRefused

PROPERTIES: Final = (
    *("VERSION", "KIND", "FN", "N", "ORG", "TITLE", "ROLE", "EMAIL", "TEL", "UID"),
    *("X-ABSHOWAS", "X-ADDRESSBOOKSERVER-KIND"),
)
_BARE: Final = re.compile(r";(?=[^;:=\"]*[;:])")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_SEMICOLON: Final = re.compile(r"(?<!\\)((?:\\\\)*);")
_CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]")

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Card:
    """What is read of a card; empty texts where it says nothing."""

    ref: str
    kind: str
    name: str
    organisation: str
    role: str = ""
    email: str = ""
    phone: str = ""
    emails: tuple[str, ...] = ()


def card_parts(file: BinaryIO) -> Iterator[Part]:
    """The cards of a file, unread, in order."""
    return (part for part in parts(file, PROPERTIES) if part.name == "VCARD")


def read_card(part: Part, encoding: str) -> Card:
    """A card; RowRefused says which line cannot be read."""
    if part.fault:
        raise RowRefused("broken card", part.fault)
    values: dict[str, list[str]] = {}
    for line in part.lines:
        values.setdefault(line.name, []).append(_value(line, encoding))
    one = {name: next(filter(None, texts), "") for name, texts in values.items()}
    name = _plain(one.get("FN", "")) or _assembled(one.get("N", ""))
    organisation = _plain(_fields(one.get("ORG", ""))[0])
    if not (name or organisation):
        raise RowRefused("no name", "the card has neither FN, N nor ORG")
    emails = tuple(filter(None, map(_plain, values.get("EMAIL", ()))))
    return Card(
        ref=_plain(one.get("UID", "")) or _digest(part),
        kind=_kind(one, name, organisation),
        name=name or organisation,
        organisation=organisation,
        role=_plain(one.get("TITLE", "") or one.get("ROLE", "")),
        email=emails[0] if emails else "",
        phone=_plain(one.get("TEL", "")).removeprefix("tel:"),
        emails=emails,
    )


def _kind(one: Mapping[str, str], name: str, organisation: str) -> str:
    """`org` also where older versions say so: by name alone, or as Apple does."""
    told = one.get("KIND") or one.get("X-ADDRESSBOOKSERVER-KIND")
    if told:
        return _plain(told).lower()
    only_named_so = bool(organisation) and name in {"", organisation}
    no_person = not any(map(_plain, _fields(one.get("N", ""))))
    if one.get("X-ABSHOWAS", "").upper() == "COMPANY" or (only_named_so and no_person):
        return "org"
    return "individual"


def _value(line: Line, encoding: str) -> str:
    """The value as text, still with its escapes."""
    try:
        value = line.content.partition(b":")[2]
        _, params, text = _parsed(line.content.decode(encoding))
        if str(params.get("ENCODING", "")).upper() == "QUOTED-PRINTABLE":
            charset = _wide(str(params.get("CHARSET", encoding)))
            text = quopri.decodestring(value).decode(charset)
        text.encode()  # some charsets make characters that there are not
    except (ValueError, LookupError, AssertionError) as wrong:
        reason = f"line {line.number}, {line.name}: {wrong}"
        raise RowRefused("unreadable line", reason[:300]) from wrong
    return text


def _parsed(text: str) -> tuple[str, Params, str]:
    """Name, parameters and value; parameters without a name are types (2.1)."""
    head, colon, value = text.partition(":")
    bare = _BARE.sub(";TYPE=", head + colon) if '"' not in head else head + colon
    line: Any = Contentline
    name, params, rest = line(bare + value).raw_parts()
    return str(name), params, str(rest)


def _wide(charset: str) -> str:
    """What writes Shift_JIS means Windows' own, with its extra characters."""
    shift_jis = charset.lower().replace("-", "_") in {"shift_jis", "sjis", "x_sjis"}
    return "cp932" if shift_jis else charset


def _fields(value: str) -> list[str]:
    return _SEMICOLON.sub("\\1\0", value).split("\0")


def _plain(value: str) -> str:
    text = _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)
    return " ".join(text.split())


def _assembled(value: str) -> str:
    """N in the order in which the name is spoken: family first in East Asia."""
    family, given, middle, *_ = [*map(_plain, _fields(value)), "", "", ""]
    order = (family, given) if _CJK.search(family + given) else (given, middle, family)
    return " ".join(filter(None, order))


def _digest(part: Part) -> str:
    content = b"\n".join(line.content for line in part.lines)
    return f"sha256:{digest(content.decode('latin-1'))}"
