"""The fields of a form for any type of event, read from its JSON Schema. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from contracts.events import EventData
from contracts.schemas import event_schema

LONG: Final = frozenset({"note", "statement", "reason", "scope", "project", "how"})
"""What people write a sentence or more about."""
AN_INSTANT: Final = "[Tt]"
"""In the pattern of what may be a date or an instant."""
GROUPS: Final[Mapping[str, Sequence[str]]] = {
    "contact": (
        "ContactMade",
        "ContactAttempted",
        "MeetingScheduled",
        "MeetingCancelled",
        "CadenceSet",
        "ReminderSnoozed",
    ),
    "understanding": (
        "GoalAsked",
        "GoalShared",
        "GoalAchieved",
        "PrincipleStated",
        "PrincipleAcknowledged",
        "IdeaProposed",
    ),
    "help": (
        "HelpRequested",
        "HelpOffered",
        "OfferAccepted",
        "OfferDeclined",
        "OfferWithdrawn",
        "HelpDelivered",
        "DeliveryAcknowledged",
        "DeliveryDisputed",
        "DisputeResolved",
        "BenefitReported",
    ),
    "alliance": (
        "AllianceProposed",
        "ProposalDeclined",
        "ProposalDeferred",
        "AllianceAgreed",
        "AllianceEnded",
        "ResourceCommitted",
        "CommitmentChanged",
        "CommitmentCancelled",
    ),
    "trouble": ("IssueRaised", "IssueResolved", "RelationshipBrokenOff"),
    "partner": (
        "PersonAdded",
        "PersonLeft",
        "OwnerAssigned",
        "GroupJoined",
        "GroupLeft",
        "PartnerRenamed",
        "PartnerMerged",
        "PersonalDataErased",
    ),
}
"""What is recorded of a partner that is known, in the order in which it is shown."""
OURS: Final = (
    "PersonAdded",
    "PersonLeft",
    "PersonalDataErased",
    "StagePolicyPublished",
)
"""What is recorded of ourselves."""
ON_AN_EVENT: Final = frozenset({"EventRetracted", "EventCorrected"})
"""What starts from the event that it is about, in the log."""


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an event's data, as a form asks for it."""

    name: str
    kind: str
    is_required: bool
    options: tuple[str, ...] = ()
    thing: str = ""
    """What kind of thing it names."""

    @property
    def key(self) -> str:
        """What the field is called in the form."""
        return f"data.{self.name}"


@cache
def fields_of(name: str) -> Sequence[Field]:
    """What a form asks for to record a type, what must be told first.

    The id of what an event introduces is left to the ledger.
    """
    model = EventData.catalogue[name]
    schema = event_schema(model)
    return sorted(_fields(model, schema), key=lambda field: not field.is_required)


def _fields(model: type[EventData], schema: Mapping[str, Any]) -> Iterator[Field]:
    named, required = dict(model.named), schema.get("required", ())
    introduced, kind = model.introduces or ("", "")
    for name in model.model_fields:  # in the order of the catalogue
        member = schema["properties"][name]
        if name == introduced:
            if "/" not in member["pattern"]:
                continue
            named[name] = kind
        yield _field(name, member, named.get(name, ""), is_needed=name in required)


def _field(
    name: str, member: Mapping[str, Any], thing: str, *, is_needed: bool
) -> Field:
    within = member.get("items", member)
    options = tuple(within.get("enum", ()))
    several = "items" in member
    kind = _named(thing) if thing else _kind(name, member, within)
    return Field(name, kind + "s" * several, is_needed, options, thing)


def _named(thing: str) -> str:
    return "partner" if thing == "partner" else "thing"


def _kind(name: str, member: Mapping[str, Any], within: Mapping[str, Any]) -> str:
    if "$ref" in member:
        return "quantity"
    if "enum" in within:
        return "choice"
    kind = str(within["type"])
    if kind == "string":
        return _kind_of_text(name, str(within.get("pattern", "")))
    return {"boolean": "yes_no", "integer": "whole", "object": "names"}[kind]


def _kind_of_text(name: str, pattern: str) -> str:
    if AN_INSTANT in pattern:
        return "date"
    if pattern.startswith("^-?"):
        return "amount"
    if pattern:
        return "help"
    return "text" if name in LONG else "line"
