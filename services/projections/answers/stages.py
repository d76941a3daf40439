"""The stages of one partner: where it stands, why, and what the next stage needs."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import StringConstraints

from contracts.canonical import Json
from contracts.events.base import EventId
from contracts.occurrence import format_instant
from services.foundation.answers import respond
from services.foundation.database import planned_once
from services.foundation.problems import language_of
from services.projections.answers.documentation import PROBLEMS, SPOKEN, UNKNOWN
from services.projections.answers.models.stages import StagesAnswer
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.reasons import reason_of
from services.projections.answers.relationships import judge_of, see_one, uncertain
from services.projections.relationship.fold.flags import Flag, flags
from services.projections.relationship.fold.progress import Condition
from services.projections.relationship.fold.stages import EARNED, Row
from services.projections.relationship.fold.standing import Sight, missing

router: Final = APIRouter(tags=["stages"], route_class=Answering)
Asked = Annotated[Question, Depends(asks("relationship"))]
PolicyName = Annotated[
    Annotated[str, StringConstraints(pattern="^v1$")] | EventId,
    Query(description="`v1`, or the event that published it; default the newest."),
]


@router.get(
    "/v1/partners/{partner}/stages",
    response_model=StagesAnswer,
    responses=PROBLEMS | SPOKEN | UNKNOWN,
)
def get_stages(
    request: Request, partner: str, question: Asked, policy: PolicyName | None = None
) -> Response:
    """The stage, its history with the events behind it, and what is still missing."""
    with planned_once(request.app.state.pool) as connection:
        judge = judge_of(connection, question, policy)
        seen = see_one(connection, question, judge, partner)
    body = {
        "partner": partner,
        **question.clocks,
        "uncertain": uncertain(seen),
        "policy": judge.name,
        "current": None if seen is None else current(seen, language_of(request)),
        "history": [] if seen is None else history(seen),
    }
    return respond(request, question.answer(body, spoken(request)))


def spoken(request: Request) -> dict[str, str]:
    """The headers of an answer that has words in it."""
    return {
        "Content-Language": language_of(request),
        "Vary": "Accept, Accept-Language, Authorization",
    }


def current(seen: Sight, language: str) -> dict[str, Json]:
    """The stage at hand, what the next one needs, and the flags."""
    row = seen.told.stages.now
    shown = history_rows(seen)[-1]
    return {
        "stage": row.stage,
        "earned": EARNED[row.earned],
        "episode": row.episode,
        "entered_at": format_instant(shown.at),
        "because": list(shown.because),
        "missing": [condition(c) for c in missing(seen)],
        "flags": [flag(f, language) for f in flags(seen)],
    }


def history_rows(seen: Sight) -> list[Row]:
    """The rows that change the stage itself."""
    return [row for row in seen.told.stages.rows if row.shown]


def history(seen: Sight) -> list[Mapping[str, Json]]:
    """The stages in order; what was passed through at once begins when it ends."""
    rows = history_rows(seen)
    following = [format_instant(row.at) for row in rows[1:]] + [None]
    return [
        {
            "stage": row.stage,
            "episode": row.episode,
            "from": format_instant(row.at),
            "to": until,
            "because": list(row.because),
        }
        for row, until in zip(rows, following, strict=True)
    ]


def condition(told: Condition) -> dict[str, Json]:
    """What is missing: how much there is, and how much it takes."""
    return {"condition": told.condition, "have": told.have, "need": told.need}


def flag(told: Flag, language: str) -> dict[str, Json]:
    """A flag with its reason in words."""
    more: dict[str, Any] = dict(told.more)
    if "missing" in more:
        more["missing"] = [condition(c) for c in more["missing"]]
    return {
        "flag": told.flag,
        "since": format_instant(told.since),
        "because": list(told.because),
        "reason": reason_of(told.flag, language),
        **more,
    }
