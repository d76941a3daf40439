"""Reading what a fold needs: policies, and the facts of partners and those merged."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from psycopg import Connection

from contracts.events import LEDGER_STREAM, PartnerMerged, RecordedEvent
from contracts.events.reading import Fact, as_fact, in_force, read
from services.foundation.database import statement
from services.foundation.event_log import (
    NO_MORE,
    StoredEvent,
    decode,
    read_streams,
)
from services.projections.relationship.fold.policy import Policies, policies
from services.projections.relationship.fold.relationship import REVISIONS, in_order

HERE: Final = "services.projections.relationship"


def read_policies(
    connection: Connection[Any], ledger: str, zone: tzinfo, up_to: int = NO_MORE
) -> Policies:
    """The policies that a ledger has published, as known at a position."""
    parameters = {"ledger": ledger, "stream": LEDGER_STREAM, "cut": up_to}
    rows = connection.execute(statement(HERE, "read_policies"), parameters)
    return policies(read([decode(StoredEvent(*row)) for row in rows], zone))


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of whole groups of streams, in order of happening, by survivor.

    `roots` says for each stream which partner answers for it.
    """

    roots: Mapping[str, str]
    facts: Mapping[str, Sequence[Fact]]


def read_facts(
    connection: Connection[Any],
    ledger: str,
    zone: tzinfo,
    streams: Collection[str],
    up_to: int = NO_MORE,
) -> Facts:
    """The facts of streams, with which all streams tied to them must be given."""
    events: dict[str, list[RecordedEvent]] = {stream: [] for stream in streams}
    for row in read_streams(connection, ledger, sorted(streams), up_to=up_to):
        events[row.partner].append(decode(row))
    return facts_of(events, zone)


def facts_of(events: Mapping[str, Sequence[RecordedEvent]], zone: tzinfo) -> Facts:
    """The facts of events given by stream, with all streams tied to these."""
    roots = survivors(events)
    together: dict[str, list[RecordedEvent]] = {root: [] for root in roots.values()}
    for stream, told in events.items():
        together[roots[stream]] += told
    alone = Counter(roots.values())
    facts = {
        root: in_order(_read(told, zone, alone=alone[root] == 1))
        for root, told in together.items()
    }
    return Facts(roots, facts)


def _read(
    events: Sequence[RecordedEvent], zone: tzinfo, *, alone: bool
) -> Iterable[Fact]:
    """What no later fact revised, in a stream alone, reads as it was recorded."""
    if alone and not any(isinstance(event.data, REVISIONS) for event in events):
        return map(as_fact, events)
    return read(sorted(events, key=_position), zone)


def _position(event: RecordedEvent) -> int:
    return event.position


def survivors(events: Mapping[str, Sequence[RecordedEvent]]) -> Mapping[str, str]:
    """By stream, the partner that answers for it: merges in force are followed."""
    into = {
        partner: event.data.into
        for partner, told in events.items()
        for event in (in_force(told) if _merges(told) else ())
        if isinstance(event.data, PartnerMerged)
    }
    roots = {}
    for partner in events:
        root = partner
        while root in into:
            root = into[root]
        roots[partner] = root
    return roots


def _merges(events: Sequence[RecordedEvent]) -> bool:
    return any(isinstance(event.data, PartnerMerged) for event in events)
