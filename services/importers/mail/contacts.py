"""From messages to events: each message between us and a partner is a contact."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.events.base import TEXT_AT_MOST
from services.importers.desk import Desk, ref_of
from services.importers.files import Progress, opened
from services.importers.mail.mailbox import Headers, messages
from services.importers.mail.messages import Message, read_message
from services.importers.outcomes import EventLine, LeftOut, Outcome, Spot
from services.importers.parties import Parties, parties
from services.importers.people import US, domain_of
from services.importers.refusals import FileUnusable, RowRefused

if TYPE_CHECKING:
    from pydantic import JsonValue

SYSTEM: Final = "mbox"
NO_PARTNER: Final = "nobody of a known partner"
FUTURE: Final = timedelta(days=1)


def outcomes(
    desk: Desk, path: Path, on_progress: Progress | None = None
) -> Iterator[Outcome]:
    """What becomes of each message of a file."""
    found = False
    with opened(path, on_progress) as file:
        for headers in messages(file):
            found = True
            yield _outcome(desk, path.name, headers)
    if not found and path.stat().st_size:
        raise FileUnusable(f"{path.name} is no mbox: it does not begin with From")


def _outcome(desk: Desk, file: str, headers: Headers) -> Outcome:
    spot = Spot(file, headers.number)
    return desk.outcome(spot, lambda: _events(desk, read_message(headers)))


def _events(desk: Desk, message: Message) -> Iterator[EventLine]:
    _leave_out_unwritten(desk, message)
    if message.at > desk.now + FUTURE:
        raise RowRefused("unreadable date", f"{message.at.isoformat()} is yet to come")
    sender = desk.book.whose(message.sender)
    others = parties(desk, [message.sender, *message.recipients])
    if sender is not None and sender.partner == US:
        if not others.partners:
            raise LeftOut("from us to " + _nobody(others, message))
        for partner in sorted(others.partners):
            yield from _contact(desk, message, partner, "us", others)
    elif sender is not None and sender.partner in others.partners:
        if not others.we:
            raise LeftOut("from a partner, but not to us")
        yield from _contact(desk, message, sender.partner, "partner", others)
    else:
        raise LeftOut("set aside by the map" if sender is not None else NO_PARTNER)


def _leave_out_unwritten(desk: Desk, message: Message) -> None:
    if message.automatic:
        raise LeftOut(message.automatic)
    if not (message.list_id or message.to_many):
        return
    to_our_list = message.list_id and desk.book.is_ours(domain_of(message.list_id))
    if not to_our_list or desk.book.is_ours(message.sender):
        raise LeftOut("newsletter or list")


def _nobody(others: Parties, message: Message) -> str:
    return (
        "those set aside"
        if others.set_aside
        else (NO_PARTNER if len(message.recipients) > 0 else "nobody")
    )


def _contact(
    desk: Desk, message: Message, partner: str, by: str, others: Parties
) -> Iterator[EventLine]:
    when = message.at.isoformat(timespec="seconds")
    data: dict[str, JsonValue] = {"by": by, "channel": "email"}
    if persons := others.persons(partner):
        data["persons"] = persons
    if desk.sections.mail.keep_subject and message.subject:
        data["note"] = message.subject[:TEXT_AT_MOST].replace("\0", "")
    yield from desk.partners.introduced(partner, SYSTEM, when)
    base = ref_of(message.id)
    yield {
        "type": "ContactMade",
        "partner": partner,
        "occurred_at": when,
        "data": data,
        "source": {
            "system": SYSTEM,
            "ref": desk.knowledge.ref(SYSTEM, base, partner),
        },
    }
