"""POST /v1/events/batch: many events a request, one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from contracts.answers import BatchAnswer
from contracts.canonical import Json
from contracts.requests import BatchLine
from contracts.saying import Said
from services.foundation.access import Grant, may_record
from services.foundation.answers import encode
from services.foundation.describing.shared import refer
from services.foundation.problems import Problem, language_of
from services.ledger.api.recording import PROBLEMS
from services.ledger.api.refusing import as_problem, as_service_problem
from services.ledger.intake import bodies
from services.ledger.intake.prepare import EVENT_BYTES, Conditions, Sender, prepare
from services.ledger.store import recordings as r

if TYPE_CHECKING:
    from services.ledger.store.writer import Writer

router: Final = APIRouter(tags=["recording"])
BATCH_BYTES: Final = 8 * 1024 * 1024
MOST_LINES: Final = 5_000
NDJSON: Final = "application/x-ndjson"
LONGEST_KEY: Final = 255
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What was recorded, and why the other lines were not",
        "headers": refer(("Ledger-Position",)),
    },
    **{k: v for k, v in PROBLEMS.items() if k != 412},  # noqa: PLR2004
}
EXAMPLE: Final = (
    '{"key":"visit-1","type":"ContactMade","partner":"acme",'
    '"occurred_at":"2026-03-05","data":{"by":"us","channel":"in_person"}}\n'
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the body, and what it asks to record or why not."""

    number: int
    recording: r.Recording | None
    problem: Problem | None


@router.post(
    "/v1/events/batch",
    response_model=BatchAnswer,
    responses=RESPONSES,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                NDJSON: {
                    "schema": {"type": "string"},
                    "x-item-schema": BatchLine.model_json_schema(),
                    "example": EXAMPLE,
                }
            },
        }
    },
)
async def record_batch(
    request: Request,
    grant: Annotated[Grant, Depends(may_record)],
    on_error: Annotated[Literal["skip", "abort"], Query()] = "skip",
) -> Response:
    """Record up to 5,000 lines, each with a key or a source, in one transaction."""
    bodies.require_media_type(request, NDJSON)
    body = await bodies.read_body(request, BATCH_BYTES)
    sender = Sender(grant.zone, grant.name, datetime.now(UTC))
    lines = await run_in_threadpool(_read, body, sender)
    abort = on_error == "abort"
    faulty = next((line for line in lines if line.problem is not None), None)
    if abort and faulty is not None and faulty.problem is not None:
        raise _at_line(faulty.problem, faulty.number)
    good = [line for line in lines if line.recording is not None]
    recordings = [line.recording for line in good if line.recording is not None]
    writer: Writer = request.app.state.writer
    try:
        outcomes = await writer.record(r.Submission(grant.ledger, recordings, abort))
    except r.WriterError as error:
        raise as_service_problem(error) from error
    told = _told(lines, good, outcomes.each, abort=abort)
    return _answer(request, told, outcomes)


def _read(body: bytes, sender: Sender) -> list[Line]:
    raw = body.split(b"\n")
    numbered = [(n, text) for n, text in enumerate(raw, 1) if text.strip()]
    if len(numbered) > MOST_LINES:
        raise Problem(
            "too-large", Said("At most {most} lines are accepted.", most=MOST_LINES)
        )
    return [_line(number, text, sender) for number, text in numbered]


def _line(number: int, text: bytes, sender: Sender) -> Line:
    try:
        return Line(number, _recording(text, sender), None)
    except Problem as problem:
        return Line(number, None, problem)


def _recording(text: bytes, sender: Sender) -> r.Recording:
    if len(text) > EVENT_BYTES:
        raise bodies.too_large(EVENT_BYTES)
    content = bodies.read_json(text)
    if not isinstance(content, dict):
        raise Problem(
            "invalid", Said("See errors."), errors=[("", Said("must be an object"))]
        )
    if "key" not in content and "source" not in content:
        reason = [("", Said("needs a key or a source"))]
        raise Problem("invalid", Said("Not recorded; see errors."), errors=reason)
    conditions = Conditions(_key(content))
    event = {name: value for name, value in content.items() if name != "key"}
    return prepare(event, sender, conditions)


def _key(content: dict[str, Json]) -> str | None:
    key = content.get("key")
    if "key" not in content:
        return None
    if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY:
        reason = [("/key", Said("must be a text of 1 to {most}", most=LONGEST_KEY))]
        raise Problem("invalid", Said("Not recorded; see errors."), errors=reason)
    try:
        key.encode()
    except UnicodeEncodeError:
        reason = [("/key", Said("must not hold lone surrogates"))]
        raise Problem(
            "invalid", Said("Not recorded; see errors."), errors=reason
        ) from None
    return key


@dataclass(frozen=True, slots=True)
class Told:
    """What the client is told of the lines."""

    recorded: int
    replayed: int
    problems: Sequence[tuple[int, Problem]]


def _told(
    lines: Sequence[Line],
    good: Sequence[Line],
    outcomes: Sequence[r.Outcome],
    *,
    abort: bool,
) -> Told:
    problems = [(x.number, x.problem) for x in lines if x.problem is not None]
    recorded = replayed = 0
    for line, outcome in zip(good, outcomes, strict=True):
        if isinstance(outcome, r.Recorded):
            recorded += not outcome.replayed
            replayed += outcome.replayed
        elif not isinstance(outcome.reason, r.Aborted):
            problems.append((line.number, as_problem(outcome.reason)))
    if abort and problems:
        number, problem = problems[0]
        raise _at_line(problem, number)
    return Told(recorded, replayed, sorted(problems, key=lambda told: told[0]))


def _at_line(problem: Problem, number: int) -> Problem:
    """A batch with `abort` fails as its first faulty line does."""
    problem.more["line"] = number
    if problem.status not in {409, 422}:
        more: dict[str, Any] = problem.more
        return Problem("invalid", problem.detail, errors=problem.errors, **more)
    return problem


def _answer(request: Request, told: Told, outcomes: r.Outcomes) -> Response:
    language = language_of(request)
    body = {
        "recorded": told.recorded,
        "replayed": told.replayed,
        "refused": len(told.problems),
        "problems": [
            {"line": number, "problem": problem.body(language)}
            for number, problem in told.problems
        ],
        "position": outcomes.position,
    }
    headers = {"Ledger-Position": str(outcomes.position)}
    return Response(encode(body), 200, headers, "application/json")
