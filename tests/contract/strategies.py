"""Random valid `data` of every event type, drawn from the types' own JSON Schemas."""

from collections.abc import Callable
from typing import Any, Literal

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.currencies import CURRENCIES
from contracts.events import EventData
from contracts.schemas import event_schema
from tests.history_moves import occurrences

Schema = dict[str, Any]
Values = st.SearchStrategy[Any]

SURROGATES: tuple[Literal["Cs"]] = ("Cs",)
TEXT = st.text(
    st.characters(exclude_categories=SURROGATES, exclude_characters="\0"), min_size=1
)
LANGUAGES = st.sampled_from(("ja", "en", "zh-Hant", "de-CH", "gsw"))
UNITS = (
    st.sampled_from(sorted(CURRENCIES))
    | st.sampled_from(("hour", "act", "seat", "item:laptop", "x_-9:.._-"))
    | st.from_regex(r"[a-z][a-z0-9_-]{0,31}(:[a-z0-9._-]{1,64})?", fullmatch=True)
)
AMOUNTS = st.from_regex(r"(0|[1-9][0-9]{0,19})(\.[0-9]{1,12})?", fullmatch=True).filter(
    lambda text: text.strip("0.")
)
QUANTITIES = st.fixed_dictionaries({"amount": AMOUNTS, "unit": UNITS})
SIGNED = st.tuples(st.sampled_from(("", "-")), AMOUNTS).map("".join)


def objects(members: Values) -> Values:
    """JSON objects with ASCII names: no member of a fact has any other."""
    names = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
    return st.dictionaries(names, members, max_size=4)


JSON = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT | st.just(""),
    lambda inner: st.lists(inner, max_size=3) | objects(inner),
    max_leaves=12,
)


@st.composite
def data_of(draw: st.DrawFn, model: type[EventData]) -> dict[str, Any]:
    """Valid `data` of a type; what no schema can say is left to the model."""
    data: dict[str, Any] = draw(_object(event_schema(model)))
    try:
        model.model_validate(data)
    except ValidationError:
        assume(condition=False)
    return data


def _object(schema: Schema) -> Values:
    members = {n: _member(n, member) for n, member in schema["properties"].items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {n: s for n, s in members.items() if n in required},
        optional={n: s for n, s in members.items() if n not in required},
    )


SPECIAL: dict[str, Values] = {
    "quantity": QUANTITIES,
    "delta": SIGNED,
    "names": st.dictionaries(LANGUAGES, TEXT, max_size=3),
    "data": objects(st.booleans() | st.integers(0, 9) | TEXT),
    **dict.fromkeys(
        ("occurred_at", "valid_until", "until", "due", "starts", "ends", "on"),
        occurrences(),
    ),
}


def _member(name: str, schema: Schema) -> Values:
    if name in SPECIAL:
        return SPECIAL[name]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return KINDS[schema["type"]](schema)


def _string(schema: Schema) -> Values:
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z")
    return TEXT


KINDS: dict[str, Callable[[Schema], Values]] = {
    "string": _string,
    "boolean": lambda _: st.booleans(),
    "integer": lambda schema: st.integers(schema["minimum"], schema["maximum"]),
    "array": lambda schema: st.lists(_member("", schema["items"]), max_size=3),
}
