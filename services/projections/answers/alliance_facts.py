"""Reading the facts about help alone: a list of alliances needs no others."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from psycopg import Connection

from contracts.events import (
    CommitmentCancelled,
    CommitmentChanged,
    DeliveryAcknowledged,
    DeliveryDisputed,
    DisputeResolved,
    EventCorrected,
    EventRetracted,
    HelpDelivered,
    HelpOffered,
    PartnerMerged,
    RecordedEvent,
    ResourceCommitted,
)
from contracts.events.reading import Fact, read
from services.foundation.database import statement
from services.foundation.event_log import StoredEvent, decode, merged_groups
from services.projections.answers.question import Question
from services.projections.relationship.fold.relationship import in_order
from services.projections.relationship.streams import survivors

HERE: Final = "services.projections.answers"
TYPES: Final = tuple(
    model.__name__
    for model in (
        ResourceCommitted,
        CommitmentChanged,
        CommitmentCancelled,
        HelpOffered,  # a delivery against it never acts before it
        HelpDelivered,
        DeliveryAcknowledged,
        DeliveryDisputed,
        DisputeResolved,
        PartnerMerged,
        EventCorrected,
        EventRetracted,
    )
)
"""What help is read from: itself, what it answers, what corrects it, who answers."""


def read_help(
    connection: Connection[Any], question: Question, partners: Collection[str]
) -> Mapping[str, Sequence[Fact]]:
    """The facts about help known at the cut, in order of happening, by partner."""
    groups = merged_groups(connection, question.ledger)
    streams = {s for p in partners for s in groups.get(p, (p,))}
    parameters = question.parameters(streams=sorted(streams), types=list(TYPES))
    rows = connection.execute(statement(HERE, "help_events"), parameters)
    events: dict[str, list[RecordedEvent]] = {stream: [] for stream in streams}
    for event in (decode(StoredEvent(*row)) for row in rows):
        events[event.partner].append(event)
    return _by_survivor(events, question)


def _by_survivor(
    events: Mapping[str, Sequence[RecordedEvent]], question: Question
) -> Mapping[str, Sequence[Fact]]:
    together: dict[str, list[RecordedEvent]] = {}
    for stream, root in survivors(events).items():
        together.setdefault(root, []).extend(events[stream])
    return {
        root: in_order(read(sorted(told, key=_position), question.grant.zone))
        for root, told in together.items()
    }


def _position(event: RecordedEvent) -> int:
    return event.position
