"""What a line of words says of a contact, as fields of the record form. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.foundation.settings import SettingsError
from services.projections.pages.drafting import Fields

CHANNELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("call", "called", "phone"), "phone"),
    **dict.fromkeys(("meeting", "met", "visit", "in-person", "in_person"), "in_person"),
    **dict.fromkeys(("video",), "video"),
    **dict.fromkeys(("email", "mail"), "email"),
    **dict.fromkeys(("chat", "message"), "chat"),
    **dict.fromkeys(("letter",), "letter"),
    **dict.fromkeys(("event", "group-event", "group_event"), "group_event"),
    **dict.fromkeys(("other",), "other"),
}
MINUTES: Final = re.compile(r"(?=\d)(?:(\d{1,4})h)?(?:(\d{1,5})(?:m|min))?")
WHOSE: Final = r"(?P<side>we|they|our|their)?\s*"
HELP: Final = r"(?P<text>[^\s]+)(?:\s+(?P<amount>[0-9.]+)\s+(?P<unit>[^\s]+))?"
TEXT: Final = r"(?P<text>.+)"
US: Final = frozenset({"we", "our"})
# How a phrase begins, what follows, the field that it fills, and whose it is unsaid.
PHRASES: Final = tuple(
    (re.compile(f"{WHOSE}{begins}\\s+{rest}", re.IGNORECASE | re.DOTALL), field, side)
    for begins, rest, field, side in (
        ("asked for", HELP, "request", "us"),
        ("asked", "(?P<text>our|their) goals", "asked", ""),
        ("goal", TEXT, "goal_text", "partner"),
        ("offered", HELP, "offer", "us"),
        ("promised", HELP, "promise", "us"),
        ("(?:gave|delivered)", HELP, "delivered", "us"),
        ("thanked for", TEXT, "thanked", ""),
        ("principle", TEXT, "principle", "us"),
        ("idea", TEXT, "idea", "us"),
        ("proposed", TEXT, "scope", "us"),
    )
)
SIDES_OF: Final = {"goal_text": "goal_whose"}
FORMS: Final = (
    "asked our goals · asked their goals · [our|their] goal TEXT · "
    "[we|they] offered|promised|gave|asked for KIND [AMOUNT UNIT] · "
    "thanked for DELIVERY · [our|their] principle TEXT · [our|their] idea TEXT · "
    "[we|they] proposed TEXT"
)
Told = dict[str, list[str]]


def channel_of(word: str) -> str:
    """The channel that a word stands for."""
    channel = CHANNELS.get(word.lower())
    if channel is None:
        raise SettingsError(f"How were you in touch? One of: {', '.join(CHANNELS)}.")
    return channel


def told_in(words: Sequence[str]) -> Told:
    """The fields that a duration and phrases fill; SettingsError for anything else."""
    told: Told = {}
    for word in words:
        for field, value in _minutes(word) or _phrase(word):
            if field in told and field != "asked":
                raise SettingsError(f"One list holds one {field}; record another.")
            told.setdefault(field, []).append(value)
    return told


def as_fields(told: Told) -> Fields:
    """The same as a form would send them."""
    return Fields(
        one=lambda name: next(iter(told.get(name, ())), ""),
        all=lambda name: told.get(name, []),
    )


def _minutes(word: str) -> Sequence[tuple[str, str]]:
    found = MINUTES.fullmatch(word)
    if found is None:
        return ()
    hours, minutes = (int(part or 0) for part in found.groups())
    return [("minutes", str(60 * hours + minutes))]


def _phrase(word: str) -> Sequence[tuple[str, str]]:
    for pattern, field, side in PHRASES:
        found = pattern.fullmatch(word.strip())
        if found is not None:
            return list(_filled(field, side, found.groupdict()))
    raise SettingsError(f"A phrase is not understood. These are: {FORMS}.")


def _filled(
    field: str, side: str, found: Mapping[str, str | None]
) -> Iterator[tuple[str, str]]:
    text = found["text"] or ""
    if field == "asked":  # who asks is told by whose goals they are
        yield field, "partner" if text.lower() == "our" else "us"
        return
    yield field, text.lower() if "amount" in found else text
    if side:
        said = (found["side"] or "").lower()
        whose = side if not said else "us" if said in US else "partner"
        yield SIDES_OF.get(field, f"{field}_by"), whose
    for name in ("amount", "unit"):
        if value := found.get(name):
            yield f"{field}_{name}", value
