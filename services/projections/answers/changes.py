"""As known then and as known now: balances, stages, and what made the difference."""

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.events import RecordedEvent
from contracts.occurrence import format_instant
from services.foundation.answers import Answer, respond
from services.foundation.problems import language_of
from services.projections.answers.between import Between, Cut, between
from services.projections.answers.differing import changed_balances, is_other_stage
from services.projections.answers.documentation import PROBLEMS, SPOKEN, UNKNOWN
from services.projections.answers.known import (
    Known,
    events_between,
    known,
    state_of,
    stood,
)
from services.projections.answers.models.changes import ChangesAnswer
from services.projections.answers.opened_facts import FactsOpener
from services.projections.answers.relationships import judge_of, see_one
from services.projections.answers.revisions import target_of
from services.projections.answers.stages import PolicyName, spoken
from services.projections.answers.streams import streams_for

if TYPE_CHECKING:
    from services.foundation.sealing import Opener

router: Final = APIRouter(tags=["stages"])
Asked = Annotated[Between, Depends(between)]


@router.get(
    "/v1/partners/{partner}/changes",
    response_model=ChangesAnswer,
    responses=PROBLEMS | SPOKEN | UNKNOWN,
)
def get_changes(
    request: Request, partner: str, asked: Asked, policy: PolicyName | None = None
) -> Response:
    """What was believed of a partner at one instant then, and what is believed now.

    Both are judged by the policy that is asked for, else each by the newest that was
    known. `then` is null when the partner was not known, or merged into another.
    """
    language = language_of(request)
    with request.app.state.pool.connection() as connection:
        then, now = _known(connection, asked, partner, policy)
        before = None
        if then.answers:
            before = state_of(connection, then, stood(then), language)
        seen = see_one(connection, asked.now.seen, now.judge, partner)
        after = state_of(connection, now, seen, language)
        opener: Opener = request.app.state.opener
        opened = FactsOpener(opener, connection, asked.now.seen.ledger)
        events = events_between(connection, then, now, opened)
    body = {
        "partner": partner,
        **asked.now.seen.clocks,
        "uncertain": after["uncertain"],
        "known_from": asked.then.position,
        "known_to": asked.now.position,
        "then": before,
        "now": after,
        "changed": _changed(before, after),
        "events": [_event(event) for event in events],
    }
    return _respond(request, asked.now, body)


def _known(
    connection: Connection[Any], asked: Between, partner: str, policy: str | None
) -> tuple[Known, Known]:
    """What was known at both cuts; 404 when that is nothing at the later one."""
    streams_for(connection, asked.now.weighed, partner)
    judge = judge_of(connection, asked.now.seen, policy)
    now = known(connection, asked.now, judge, partner)
    if policy is None:
        judge = judge_of(connection, asked.then.seen)
    return known(connection, asked.then, judge, partner), now


def _changed(before: dict[str, Json] | None, after: dict[str, Json]) -> dict[str, Json]:
    balances = before["balance"] if before else ()
    return {
        "balance": changed_balances(balances, after["balance"]),
        "stage": is_other_stage(before, after),
    }


def _event(event: RecordedEvent) -> dict[str, Json]:
    return {
        "event": event.id,
        "position": event.position,
        "partner": event.partner,
        "type": event.type,
        "occurred_at": event.occurred_at,
        "recorded_at": format_instant(event.recorded_at),
        "recorded_by": event.recorded_by,
        "target": target_of(event),
    }


def _respond(request: Request, cut: Cut, body: dict[str, Json]) -> Response:
    headers = {**cut.seen.headers, **cut.weighed.headers, **spoken(request)}
    answer = Answer(body, cut.position, headers, cut.seen.unstable)
    return respond(request, answer)
