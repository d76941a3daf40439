"""Promises that wait, of all partners: from their rows, or folded for another time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from psycopg import Connection

from contracts.canonical import Json
from contracts.occurrence import LATEST, format_instant
from contracts.quantity import counted, exact_arithmetic, plain
from services.foundation.database import statement
from services.projections.answers.question import Question
from services.projections.answers.relationships import happened, read_group
from services.projections.relationship.fold.moment import moments_of
from services.projections.relationship.fold.promises import (
    Change,
    Key,
    promise_changes,
)
from services.projections.relationship.fold.standing import Sight

HERE: Final = "services.projections.answers"


def open_promises(
    connection: Connection[Any],
    question: Question,
    parameters: Mapping[str, Any],
    folded: Mapping[str, Sight],
) -> list[dict[str, Json]]:
    """Promises of a kind and side that wait, the soonest due first.

    Offers whose day has passed come last.
    """
    is_offer = parameters["kind"] == "offer"
    rows: list[Any] = []
    for is_past in (False, True) if is_offer else (None,):
        if len(rows) < parameters["max_rows"]:  # in the order of an index, which ends
            asked = {**parameters, "is_past": is_past}
            rows += connection.execute(statement(HERE, "open_promises"), asked)
    found = [*rows, *_folded(connection, question, parameters, folded)]
    found.sort(key=lambda row: (is_offer and row[8], row[-1] or LATEST, row[0], row[1]))
    return [_shown(parameters["kind"], row) for row in found[: parameters["max_rows"]]]


def _folded(
    connection: Connection[Any],
    question: Question,
    parameters: Mapping[str, Any],
    folded: Mapping[str, Sight],
) -> list[Sequence[Any]]:
    """The same rows for partners whose rows tell another time."""
    if not folded:
        return []
    found = read_group(connection, question, folded)
    rows = []
    for partner, seen in folded.items():
        facts = happened(found.facts.get(partner, ()), question.as_of)
        with exact_arithmetic():
            changes = promise_changes(moments_of(facts, seen.setting))
        for key, change in changes.items():
            if _waits(key, change, parameters):
                rows.append(_row(partner, key, change, question.as_of))
    return rows


def _waits(key: Key, change: Change, parameters: Mapping[str, Any]) -> bool:
    made = change.made
    if key[0] != parameters["kind"] or made is None or change.closed:
        return False
    if made.side != parameters["side"]:
        return False
    if key[0] == "offer":
        return not change.accepted
    return change.total > change.delivered or made.quantity is None


def _row(partner: str, key: Key, change: Change, as_of: datetime) -> Sequence[Any]:
    made = change.made
    if made is None:
        return ()
    return (
        partner,
        key[1],
        made.help,
        made.quantity is not None,
        counted(made.quantity).unit,
        change.total,
        change.delivered,
        made.until,
        made.until_at is not None and made.until_at < as_of,
        made.event,
        made.at,
        made.until_at,
    )


def _shown(kind: str, row: Sequence[Any]) -> dict[str, Json]:
    partner, ref, help_, quantified, unit, total, delivered, until, past, *rest = row
    event, acts_from, _ = rest
    with exact_arithmetic():
        left = max(total - delivered, Decimal(0))
    return {
        "partner": partner,
        kind: ref,
        "kind": help_,
        "quantity": {"amount": plain(total), "unit": unit} if quantified else None,
        "delivered": plain(delivered),
        "remaining": plain(left),
        "valid_until" if kind == "offer" else "due": until,
        "overdue": past,
        "event": event,
        "acts_from": format_instant(acts_from),
    }
