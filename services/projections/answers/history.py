"""How an alliance developed: its facts in order of happening, each with its effect."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.canonical import Json
from contracts.occurrence import format_instant
from services.foundation.answers import respond_list, unpack_cursor
from services.foundation.database import planned_once
from services.foundation.queries import QueryText
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.history import HistoryAnswer
from services.projections.answers.paging import CUT, frozen
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.relationships import (
    facts_of,
    happened,
    judge_of,
    see,
    uncertain,
)
from services.projections.answers.revisions import corrections, read_revisions
from services.projections.answers.stages import PolicyName, history_rows
from services.projections.answers.steps import Step, step_item, steps

router: Final = APIRouter(tags=["stages"], route_class=Answering)
Asked = Annotated[Question, Depends(asks("relationship"))]
PLACE: Final[Mapping[str, type]] = {"at": str, "n": int}
Order = Literal["happened", "-happened"]


@router.get(
    "/v1/partners/{partner}/history",
    response_model=HistoryAnswer,
    responses=PROBLEMS | ROWS | UNKNOWN,
)
def get_history(
    request: Request,
    partner: str,
    question: Asked,
    policy: PolicyName | None = None,
    order: Annotated[Order, Query(description="`-`: the newest first.")] = "happened",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """What happened with a partner, in that order, and what each fact changed.

    Facts read as corrected, retracted ones are left out. A stage that a date brought,
    since an agreement began or ended, stands among them as an item without event.
    """
    page = unpack_cursor(cursor, {**CUT, **PLACE})
    question = frozen(question, page)
    after = (page["at"], page["n"]) if page else None
    with planned_once(request.app.state.pool) as connection:
        judge = judge_of(connection, question, policy)
        facts = happened(facts_of(connection, question, partner), question.as_of)
        streams = {fact.event.partner for fact in facts}
        revisions = read_revisions(connection, question, streams)
        seen = see(connection, question, judge, (partner,)).get(partner)
    rows = [] if seen is None else history_rows(seen)
    found = _in_order(steps(facts, rows), after, newest_first=order == "-happened")
    corrected = corrections(revisions)
    body = {
        "partner": partner,
        **question.clocks,
        "uncertain": uncertain(seen),
        "policy": judge.name,
        "items": [step_item(step, partner, corrected) for step in found[:limit]],
    }
    more = _more(question, found, limit)
    return respond_list(request, question.answer(body), more)


def _in_order(
    told: Sequence[Step], after: tuple[str, int] | None, *, newest_first: bool
) -> Sequence[Step]:
    """The steps after a place, in the order asked for."""
    if newest_first:
        return [s for s in reversed(told) if after is None or s.place < after]
    return [s for s in told if after is None or s.place > after]


def _more(
    question: Question, found: Sequence[Step], limit: int
) -> Mapping[str, Json] | None:
    if len(found) <= limit:
        return None
    at, n = found[limit - 1].place
    cut: dict[str, Any] = {
        "as_of": format_instant(question.as_of),
        "top": question.position,
    }
    return {**cut, "at": at, "n": n}
