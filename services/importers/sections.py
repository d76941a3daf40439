"""The parts of a map that are about people, calendars and mail, not about tables."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StringConstraints

from contracts.events.base import Channel, PartnerId
from services.importers.map_format import Filled, Section

Chosen = PartnerId | Annotated[str, StringConstraints(max_length=0)]
"""A partner, or nothing: then whatever has that name or address is left out."""


def _is_encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        reason = f"no encoding {name!r}"
        raise ValueError(reason) from None
    return name


Encoding = Annotated[str, AfterValidator(_is_encoding)]
Texts = Annotated[tuple[Filled, ...], Field(strict=False)]


class Us(Section):
    """Who we are: mail domains, single addresses, and our names as organisations."""

    domains: Texts = ()
    addresses: Texts = ()
    names: Texts = ()


class Contacts(Section):
    """How address books are read."""

    encoding: Encoding = "utf-8"
    new_partners: bool = True


class Calendar(Section):
    """How calendars are read."""

    encoding: Encoding = "utf-8"
    channel: Channel = "other"
    ahead_days: Annotated[int, Field(ge=1, le=366)] = 90
    keep_summary: bool = False


class Mail(Section):
    """How mailboxes are read."""

    keep_subject: bool = False


class Sections(Section):
    """Everything in a map that is not about tables."""

    us: Us = Us()
    domains: Mapping[str, Chosen] = {}
    organisations: Mapping[str, Chosen] = {}
    contacts: Contacts = Contacts()
    calendar: Calendar = Calendar()
    mail: Mail = Mail()


NAMES: Final = frozenset(Sections.model_fields)


def parted(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sections of a map, and the rest of it, which is about tables."""
    ours = {name: part for name, part in document.items() if name in NAMES}
    rest = {name: part for name, part in document.items() if name not in NAMES}
    return ours, rest
