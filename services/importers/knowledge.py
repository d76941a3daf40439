"""What a ledger knows before an import: partners, people, and what was imported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx2
from pydantic import JsonValue

from services.importers.known import events, known_partner
from services.importers.mapping import KnownPartner
from services.importers.outcomes import EventLine

ABOUT_PARTNERS: Final = [
    "PartnerIdentified",
    "PartnerRenamed",
    "PartnerMerged",
    "PersonAdded",
    "EventCorrected",
    "EventRetracted",
]
IDENTITY: Final = ("id", "type", "partner", "occurred_at")
Data = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Person:
    """A person of either side, and in whose stream."""

    partner: str
    person: str
    name: str
    email: str


@dataclass(slots=True)
class Imported:
    """What an earlier import recorded from one source, as last corrected by one."""

    id: str
    type: str
    partner: str
    occurred_at: str
    data: Data
    corrections: int = 0


@dataclass(slots=True)
class Knowledge:
    """All of it; empty for a new ledger and for a key that may not read."""

    partners: dict[str, KnownPartner] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    domains: dict[str, list[str]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    imported: dict[tuple[str, str], Imported] = field(default_factory=dict)
    by_base: dict[tuple[str, str], list[Imported]] = field(default_factory=dict)
    told_now: set[tuple[str, str]] = field(default_factory=set)

    def survivor(self, partner: str) -> str:
        """The partner itself, or the one that it was merged into."""
        seen: set[str] = set()
        while partner in self.merged and partner not in seen:
            seen.add(partner)
            partner = self.merged[partner]
        return partner

    def remember(self, system: str, ref: str, imported: Imported) -> None:
        """Know what stands for a source."""
        self.imported[system, ref] = imported
        self.by_base.setdefault((system, ref.rpartition(" ")[0]), []).append(imported)

    def told(self, system: str, base: str) -> list[Imported]:
        """What was imported of an entry, of whichever partners."""
        return self.by_base.get((system, base), [])

    def ref(self, system: str, base: str, partner: str) -> str:
        """The ref of what an entry tells of a partner; mergers do not change it."""
        others = [one for one in self.merged if self.survivor(one) == partner]
        refs = [f"{base} {one}" for one in (partner, *others)]
        return next((ref for ref in refs if (system, ref) in self.imported), refs[0])


def ask(client: httpx2.Client, systems: Iterable[str]) -> Knowledge:
    """What the ledger knows of partners, people and these source systems."""
    found = [events(client, {"type": ABOUT_PARTNERS})]
    found += [events(client, {"source_system": system}) for system in systems]
    by_position = {_position(one): one for part in found for one in part or ()}
    return knowledge_of(one for _, one in sorted(by_position.items()))


def knowledge_of(recorded: Iterable[EventLine]) -> Knowledge:
    """What events tell, in order of position; retracted ones tell nothing."""
    live = _in_force(list(recorded))
    corrected = {
        str(_data(one)["target"]): _data(one)["data"]
        for one in live
        if one["type"] == "EventCorrected" and "data" in _data(one)
    }
    known = Knowledge()
    for one in live:
        _enter_import(known, one)
        data = corrected.get(str(one["id"]), one["data"])
        _enter(known, one, data if isinstance(data, dict) else {})
    return known


def _in_force(recorded: list[EventLine]) -> list[EventLine]:
    """Without what was retracted; a retraction that was itself retracted does not."""
    gone: set[str] = set()
    for one in reversed(recorded):
        if one["type"] == "EventRetracted" and one["id"] not in gone:
            gone.add(str(_data(one)["target"]))
    return [one for one in recorded if one["id"] not in gone]


def _enter(known: Knowledge, one: EventLine, data: Data) -> None:
    partner = str(one["partner"])
    match one["type"]:
        case "PartnerIdentified":
            known.partners[partner] = known_partner({**one, "data": dict(data)})
            _enter_names(known, partner, data)
            domains = data.get("domains")
            for domain in domains if isinstance(domains, list) else ():
                known.domains.setdefault(str(domain).lower(), []).append(partner)
        case "PartnerRenamed":
            _enter_names(known, partner, data)
        case "PartnerMerged":
            known.merged[partner] = str(data["into"])
        case "PersonAdded":
            texts = (str(data.get(name, "")) for name in ("name", "email"))
            person = str(data.get("person", one["id"]))
            known.people.append(Person(partner, person, *texts))
        case _:
            pass


def _enter_names(known: Knowledge, partner: str, data: Data) -> None:
    others = data.get("names")
    more = others.values() if isinstance(others, dict) else ()
    for name in (data.get("name"), *more):
        known.names.setdefault(str(name), []).append(partner)


def _enter_import(known: Knowledge, one: EventLine) -> None:
    """Note what stands for a source; our own corrections change what stands there."""
    source = one.get("source")
    if not isinstance(source, dict):
        return
    system, ref = str(source["system"]), str(source["ref"])
    data = _data(one)
    if one["type"] != "EventCorrected":
        id_, kind, partner, when = (str(one[part]) for part in IDENTITY)
        known.remember(system, ref, Imported(id_, kind, partner, when, data))
        return
    before = known.imported.get((system, ref.rpartition(CORRECTED)[0]))
    if before is not None and isinstance(data.get("data"), dict):
        before.data = {**_as_data(data["data"])}
        before.occurred_at = str(data.get("occurred_at", before.occurred_at))
        before.corrections += 1


CORRECTED: Final = "~"
"""Between the ref of what is corrected and the number of the correction."""


def _position(one: EventLine) -> int:
    position = one["position"]
    return position if isinstance(position, int) else 0


def _data(one: EventLine) -> Data:
    return _as_data(one["data"])


def _as_data(value: JsonValue) -> Data:
    return value if isinstance(value, dict) else {}
