"""From cards to events: partners identified, and their people, and ours, added."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from services.importers.contacts.cards import Card, card_parts, read_card
from services.importers.content_lines import Part
from services.importers.desk import Desk, digest, ref_of
from services.importers.files import Progress, opened
from services.importers.outcomes import EventLine, LeftOut, Outcome, Spot
from services.importers.people import NOBODY, US
from services.importers.refusals import FileUnusable

if TYPE_CHECKING:
    from pydantic import JsonValue

SYSTEM: Final = "vcard"
NO_ORGANISATION: Final = "no organisation"
NEW_ORGANISATION: Final = "an organisation that is no partner"
OTHER_KIND: Final = "neither a person nor an organisation"
OURSELVES: Final = "our own organisation"
KNOWN: Final = "known already"
MOVED: Final = "now with another partner"


def outcomes(
    desk: Desk, path: Path, on_progress: Progress | None = None
) -> Iterator[Outcome]:
    """What becomes of each card of a file."""
    cards = 0
    with opened(path, on_progress) as file:
        for part in card_parts(file):
            cards += 1
            yield outcome(desk, path.name, part)
    if not cards:
        raise FileUnusable(f"{path.name} holds no vCard")


def outcome(desk: Desk, file: str, part: Part) -> Outcome:
    """What becomes of one card."""
    encoding = desk.sections.contacts.encoding
    spot = Spot(file, part.number)
    return desk.outcome(spot, lambda: _events(desk, read_card(part, encoding)))


def _events(desk: Desk, card: Card) -> list[EventLine]:
    _refuse_second(desk, card)
    if card.kind == "org":
        return list(_organisation(desk, card))
    if card.kind not in {"individual", "person", ""}:
        raise LeftOut(OTHER_KIND, card.kind[:40])
    partner = _partner(desk, card)
    _refuse_moved(desk, card, partner)
    _leave_out_known(desk, card, partner)
    name = card.organisation
    introduced = desk.partners.introduced(partner, SYSTEM, name=name)
    return [*introduced, _person(card, partner)]


def _refuse_second(desk: Desk, card: Card) -> None:
    """Of cards with one UID the first counts, or each import would correct the last."""
    source = (SYSTEM + "#card", card.ref)
    if source in desk.knowledge.told_now:
        raise LeftOut("another card with the same UID")
    desk.knowledge.told_now.add(source)


def _organisation(desk: Desk, card: Card) -> Iterator[EventLine]:
    name = card.organisation or card.name
    partner = desk.partners.find(name)
    if partner == US:
        raise LeftOut(OURSELVES, name)
    if partner is not None and partner in desk.knowledge.partners:
        raise LeftOut(KNOWN, f"{name} is {partner}")
    partner = partner or _new(desk, name)
    for line in desk.partners.introduced(partner, SYSTEM, name=name):
        yield {**line, "source": {"system": SYSTEM, "ref": ref_of(card.ref)}}


def _partner(desk: Desk, card: Card) -> str:
    """By an address that is ours or chosen, else by the organisation's name."""
    if any(map(desk.book.is_ours, card.emails)):
        return US
    if card.organisation:
        found = desk.partners.find(card.organisation)
        return found or _new(desk, card.organisation)
    told = [whose for one in card.emails if (whose := desk.book.whose(one))]
    if not told:
        raise LeftOut(NO_ORGANISATION)
    if told[0].partner == NOBODY:
        raise LeftOut("set aside by the map")
    return told[0].partner


def _new(desk: Desk, name: str) -> str:
    if not desk.sections.contacts.new_partners:
        desk.unknown.organisations[name] += 1
        raise LeftOut(NEW_ORGANISATION)
    return desk.partners.new_id(name)


def _refuse_moved(desk: Desk, card: Card, partner: str) -> None:
    """A person who changed sides left one and joined another: only a person knows."""
    before = desk.knowledge.imported.get((SYSTEM, ref_of(card.ref)))
    if before is not None and desk.knowledge.survivor(before.partner) != partner:
        raise LeftOut(MOVED, f"recorded with {before.partner}, now {partner}")


def _leave_out_known(desk: Desk, card: Card, partner: str) -> None:
    """Whoever was recorded in another way is not added a second time."""
    if (SYSTEM, ref_of(card.ref)) in desk.knowledge.imported:
        return
    person = desk.book.person_of(partner, card.name, card.emails)
    if person is not None:
        raise LeftOut(KNOWN, f"as {person} of {partner}")


def _person(card: Card, partner: str) -> EventLine:
    """Ids say nothing of the person: they are never sealed."""
    ref = ref_of(card.ref)
    data: dict[str, JsonValue] = {
        "person": f"c-{digest(ref)[:16]}",
        "side": "us" if partner == US else "partner",
        "name": card.name,
    }
    more = {"role": card.role, "email": card.email, "phone": card.phone}
    data |= {name: text for name, text in more.items() if text}
    return {
        "type": "PersonAdded",
        "partner": partner,
        "data": data,
        "source": {"system": SYSTEM, "ref": ref},
    }
