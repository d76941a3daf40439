"""Values that no field of a kind may hold, most of them carrying a marker.

A field's kind is told from its valid example. Whatever the service answers must not
hold the marker: what was sent is never echoed.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.events import EventData
from tests.builders import EXAMPLES

MARKER: Final = "zqxmarkerxqz"
OTHER_TYPES: Final[tuple[Any, ...]] = (
    None,
    True,
    7,
    -1,
    1.5,
    1e300,
    MARKER,
    [MARKER],
    [],
    {},
    [[]],
)
LONG: Final = MARKER.ljust(4001, "m")
TEXTS: Final = ("", LONG, "\0", MARKER + "\0", "\ud800", MARKER + "\udfff")
IDS: Final = (
    MARKER + " ",
    "a/b/c",
    "第",
    MARKER + "\n",
    MARKER.ljust(65, "m"),
    "#1",
    "/",
)
COUNTS: Final = (-1, 1.0, 2**31, 99999999999999999999, 10**25, 10**400, "3", 0.5)

DATES: Final = (
    *(
        "2014-13",
        "2014-00",
        "2014-02-30",
        "2015-02-29",
        "2014-04-31",
        "0000",
        "0000-01",
    ),
    *("14", "2014-3-5", "20140305", "2014/03/05", "10000", "-0001", "+2014", "201X"),
    *(
        "2014?",
        "2014~",
        "2014-W10",
        "2014-064",
        " 2014",
        "2014 ",
        "2014\n",
        "\uff12\uff10\uff11\uff14",
    ),
    *("2014-03-05T10:00:00", "2014-03-05T10:00Z", "2014-03-05T", "2014-03-05T10Z"),
    *("2014-03-05T25:00:00Z", "2014-03-05T10:61:00Z", "2014-03-05T24:00:00Z"),
    *("2014-02-30T10:00:00Z", "2014-03-05T10:00:00+25:00", "2014-03-05T10:00:00+0900"),
    *("2014-03-05T10:00:00.Z", "2014-03-05T10:00:00,5Z", "2014-03-05T10:00:00 Z"),
    *("2014/2015", "2014-03-05/2014-03-06", "..", "today", MARKER, "2014-03-05\0"),
)
NUMERALS: Final = (
    *("0", "0.0", "-0", "+1", "01", "00.5", ".5", "1.", "1e3", "1E3", "1,000", "1_000"),
    *(
        " 1",
        "1 ",
        "1\n",
        "NaN",
        "Infinity",
        "-Infinity",
        "\uff11\uff12",
        "0x10",
        "1.1.1",
        "--1",
    ),
    *("1.1234567890123", "123456789012345678901", "9" * 5000, "", MARKER, "1\0"),
)
NOT_NUMERALS: Final = (1, 1.5, 0.1, 1e300, 10**25, None, True, [MARKER], {"n": MARKER})
AMOUNTS: Final = (*NUMERALS, "-1", "-0.5", *NOT_NUMERALS)
DELTAS: Final = (*NUMERALS, *NOT_NUMERALS)
UNITS: Final = (
    *("", "XYZ", "ABC", "Jpy", "JP", "JPYY", "Hour", "hour:", ":laptop", "item:LAPTOP"),
    *("h" * 33, "item:" + "x" * 65, "hour\n", " hour", "時間", "hour\0", MARKER + " "),
    *(5, None, True, [MARKER], {"unit": MARKER}),
)
DATE_FIELDS: Final = frozenset(
    {"on", "until", "valid_until", "due", "starts", "ends", "occurred_at"}
)
CHOICES: Final = frozenset(
    {
        *("by", "side", "whose", "gained_by", "channel", "pressure", "outcome"),
        *("confidence", "severity", "stance"),
    }
)
ID_FIELDS: Final = frozenset(
    {
        *(
            "person",
            "meeting",
            "goal",
            "principle",
            "idea",
            "request",
            "offer",
            "issue",
        ),
        *("delivery", "benefit", "alliance", "commitment", "into", "introduced_by"),
        "target",
    }
)


def quantities() -> Iterator[Any]:
    """Everything that is no quantity."""
    yield from ({}, {"amount": "1"}, {"unit": "hour"}, MARKER, 5, [MARKER], None)
    yield {"amount": "1", "unit": "hour", MARKER: "1"}
    yield from ({"amount": amount, "unit": "hour"} for amount in AMOUNTS)
    yield from ({"amount": "1", "unit": unit} for unit in UNITS)


def names() -> Iterator[Any]:
    """Everything that is no name by language."""
    yield from ({"ja": text} for text in (*TEXTS, 5, None, [MARKER], {"ja": MARKER}))
    yield from ({tag: "x"} for tag in ("", "Japanese " + MARKER, "日本", "j", "ja\0"))
    yield from (None, MARKER, 5, [MARKER])


def any_data() -> Iterator[Any]:
    """What could not be the data of any type."""
    yield from (None, MARKER, 5, [MARKER], True)
    inner = (None, 1.5, "\0", "\ud800" + MARKER, [MARKER, None], {MARKER: {"a": 0.5}})
    yield from ({"topic": value} for value in inner)
    yield {MARKER + "\ud800": "x"}


def texts(field: str) -> Iterator[Any]:
    """What a field that holds a text may not hold."""
    yield from (value for value in OTHER_TYPES if not isinstance(value, str))
    yield from TEXTS
    if field in DATE_FIELDS:
        yield from DATES
    elif field in CHOICES:
        yield from (MARKER, "US", " us", "us\n", "phone ", "unknown")
    elif field in ID_FIELDS:
        yield from IDS
    elif field == "delta":
        yield from DELTAS


def lists(field: str) -> Iterator[Any]:
    """What a field that holds a list may not hold."""
    yield from (value for value in OTHER_TYPES if not isinstance(value, list))
    yield from ([value] for value in (None, 5, 1.5, True, {"a": MARKER}, [MARKER]))
    yield from ([value] for value in TEXTS)
    if field in {"persons", "goals"}:
        yield from ([value] for value in IDS)
    if field == "beneficiaries":
        yield [MARKER]


def kinds(name: str) -> Iterator[Any]:
    """What a `kind` may not be: a word of a list, or any lower-case word."""
    yield from texts("kind")
    yield from ("Space", "two words", "第", MARKER.upper(), MARKER + "\n")
    if name == "PartnerIdentified":
        yield MARKER


def values(name: str, field: str, valid: Any) -> Iterator[Any]:
    """What a field of a type may not hold."""
    special: Mapping[str, Any] = {
        "quantity": quantities,
        "names": names,
        "data": any_data,
    }
    if field in special:
        yield from special[field]()
    elif field == "kind":
        yield from kinds(name)
    elif isinstance(valid, bool):
        yield from (v for v in (*OTHER_TYPES, 0, 1, "true") if v is not True)
    elif isinstance(valid, int):
        yield from (v for v in OTHER_TYPES if v != 7 or isinstance(v, bool))
        yield from COUNTS
    else:
        yield from (texts if isinstance(valid, str) else lists)(field)


def required(name: str) -> Iterator[str]:
    """The fields that a type cannot do without."""
    fields = EventData.catalogue[name].model_fields
    yield from (field for field, info in fields.items() if info.is_required())


def faulty_data(name: str) -> Iterator[tuple[str, Any]]:
    """Data of a type, each wrong in one way, with a word on what is wrong."""
    minimal, full = EXAMPLES[name]["minimal"], EXAMPLES[name]["full"]
    for field, valid in full.items():
        for value in values(name, field, valid):
            yield f"{field}={ascii(value)[:60]}", {**full, field: value}
    for field in required(name):
        yield f"no {field}", {n: v for n, v in full.items() if n != field}
    yield "unknown member", {**full, MARKER: "x"}
    yield "unknown member with an escape", {**minimal, MARKER + "\ud800": MARKER}
    for value in (MARKER, 5, [MARKER], [full], True):
        yield f"data={ascii(value)[:60]}", value


def faulty_members() -> Iterator[tuple[str, Any]]:
    """Members of the envelope, each with something that it may not hold."""
    for member in ("type", "partner", "occurred_at", "causation", "correlation"):
        yield from ((member, v) for v in OTHER_TYPES if not isinstance(v, str))
        yield from ((member, v) for v in TEXTS)
    yield from (
        ("type", v) for v in (MARKER, "goalasked", "GoalAsked ", "a.b", "EventData")
    )
    yield from (
        ("partner", v) for v in (*IDS, "Acme", "_other", "_ledger ", "-a", ".a")
    )
    yield from (("occurred_at", v) for v in (*DATES, "9999", "2999-01-01T00:00:00Z"))
    yield from (
        ("causation", v) for v in (*IDS, MARKER, "01890A5D-AC96-774B-BCCE-B302099A8057")
    )
    yield from (("data", v) for v in (MARKER, 5, [MARKER], True))
    yield from (("source", v) for v in _sources())
    yield from (
        (MARKER, "x"),
        ("key", MARKER),
        ("position", 1),
        ("recorded_at", "2014"),
    )


def _sources() -> Iterator[Any]:
    yield from (MARKER, 5, [], [MARKER], {}, {"system": "crm"}, {"ref": MARKER})
    yield {"system": "crm", "ref": "1", MARKER: "x"}
    wrong: tuple[Any, ...] = (*TEXTS, None, 5, [MARKER], {})
    for value in wrong:
        yield from ({"system": value, "ref": "1"}, {"system": "crm", "ref": value})
