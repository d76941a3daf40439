"""The two clocks of a question: `as_of` as an instant, `known_at` as a cut."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
from fastapi.routing import APIRoute
from psycopg import Connection
from psycopg_pool import ConnectionPool
from pydantic import AfterValidator, StringConstraints
from starlette.concurrency import run_in_threadpool

from contracts.canonical import Json
from contracts.occurrence import DATE, INSTANT, format_instant, interval
from contracts.saying import Said
from services.foundation.access import Grant, may_read
from services.foundation.answers import Answer
from services.foundation.database import statement
from services.foundation.event_log import position_at
from services.foundation.freshness import MinPosition, Positions, Wait
from services.foundation.problems import Problem
from services.projections.answers.standing import Standings

HERE: Final = "services.projections.answers"
KNOWN_AT: Final = f"^({DATE}|{INSTANT}|position:(0|[1-9][0-9]{{0,17}}))$"
BY_POSITION: Final = "position:"
HALTED: Final = "Projection-Halted"


def date_or_position(text: str) -> str:
    """A date, an instant or a position; ValueError for a day that there is not."""
    if not text.startswith(BY_POSITION):
        interval(text, UTC)
    return text


def _date(text: str) -> str:
    interval(text, UTC)
    return text


AsOf = Annotated[
    str,
    StringConstraints(pattern=f"^({DATE}|{INSTANT})$"),
    AfterValidator(_date),
    Query(description="What had happened by then; default now."),
]
KnownAt = Annotated[
    str,
    StringConstraints(pattern=KNOWN_AT),
    AfterValidator(date_or_position),
    Query(description="What was recorded by then, or `position:<n>`; default all."),
]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: of which ledger, as of when, knowing what, on which rows."""

    grant: Grant
    as_of: datetime
    position: int
    generation: int
    as_of_given: bool
    halted: bool = False

    @property
    def ledger(self) -> str:
        """The ledger that is asked."""
        return self.grant.ledger

    @property
    def clocks(self) -> dict[str, Any]:
        """How an answer names its cut."""
        return {"as_of": format_instant(self.as_of), "position": self.position}

    @property
    def unstable(self) -> tuple[str, ...]:
        """What of the answer the clock alone changes, left out of entity tags."""
        return () if self.as_of_given else ("as_of",)

    @property
    def headers(self) -> dict[str, str]:
        """What readers are told when the read model has stopped."""
        return {HALTED: "true"} if self.halted else {}

    def answer(
        self, body: dict[str, Json], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """What is answered to the question, with the headers that it needs."""
        told = {**self.headers, **(headers or {})}
        return Answer(body, self.position, told, self.unstable)

    def at_most(self, position: int | None) -> "Question":
        """The same question frozen at an earlier cut, as a cursor asks for it."""
        if position is None or position >= self.position:
            return self
        return replace(self, position=position)

    def parameters(self, **more: Any) -> dict[str, Any]:
        """The parameters that every statement over a read model takes."""
        return {
            "ledger": self.ledger,
            "generation": self.generation,
            "as_of": self.as_of,
            "cut": self.position,
            **more,
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """A question before it is known where its projection stands."""

    grant: Grant
    projection: str
    as_of: str | None
    cut: int | None
    standings: Standings

    def read(self) -> Question:
        """The question, ready to be answered; asks the database."""
        stand, grant, given = self.standings.of(self.projection), self.grant, self.as_of
        moment = interval(given, grant.zone).last if given else datetime.now(UTC)
        position = stand.position if self.cut is None else self.cut
        known = (moment, position, stand.generation)
        return Question(grant, *known, given is not None, stand.halted)


class Answering(APIRoute):
    """A path that answers questions, which it reads in the thread that answers.

    A dependency that asks the database would change threads once more, which costs as
    much as several statements.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        @wraps(endpoint)
        def answering(**given: Any) -> Any:
            read = {k: v.read() for k, v in given.items() if isinstance(v, Unread)}
            return endpoint(**{**given, **read})

        super().__init__(path, answering, **more)


def asks(projection: str, *, past: bool = True) -> Callable[..., Any]:
    """A dependency: the question to one projection; `past` allows earlier knowledge.

    `Answering` makes a `Question` of it.
    """

    async def now_only(
        request: Request,
        grant: Annotated[Grant, Depends(may_read)],
        as_of: AsOf | None = None,
        min_position: MinPosition = 0,
        wait: Wait = 5.0,
    ) -> Unread:
        known = (None, min_position, wait)
        return await unread(request, grant, projection, as_of, *known)

    async def both(
        request: Request,
        grant: Annotated[Grant, Depends(may_read)],
        as_of: AsOf | None = None,
        known_at: KnownAt | None = None,
        min_position: MinPosition = 0,
        wait: Wait = 5.0,
    ) -> Unread:
        known = (known_at, min_position, wait)
        return await unread(request, grant, projection, as_of, *known)

    return both if past else now_only


async def unread(
    request: Request,
    grant: Grant,
    projection: str,
    as_of: str | None,
    known_at: str | None,
    min_position: int,
    wait: float,
) -> Unread:
    """The question to one projection, once it has reached what is asked for."""
    pool: ConnectionPool[Connection[Any]] = request.app.state.pool
    checkpoints: Positions = request.app.state.checkpoints
    cut = None
    if known_at is not None:
        cut = await run_in_threadpool(cut_at, pool, grant, known_at)
    if cut or min_position:
        name = f"{grant.ledger}/{projection}"
        await checkpoints.reach(name, max(cut or 0, min_position), wait)
    if not hasattr(request.state, "standings"):
        request.state.standings = Standings(pool, grant.ledger)
    return Unread(grant, projection, as_of, cut, request.state.standings)


def cut_at(
    pool: ConnectionPool[Connection[Any]],
    grant: Grant,
    known_at: str,
    name: str = "known_at",
) -> int:
    """The position of what was known by then; `name` is what the parameter is called.

    422 when a position beyond the head is asked for.
    """
    with pool.connection() as connection, connection.transaction():
        head = connection.execute(statement(HERE, "head"), (grant.ledger,)).fetchone()
        position, recorded_at = head or (0, None)
        if known_at.startswith(BY_POSITION):
            asked = int(known_at.removeprefix(BY_POSITION))
            if asked > position:
                errors = [(f"/query/{name}", Said("lies beyond the head of the log"))]
                raise Problem("invalid", Said("See errors."), errors=errors)
            return asked
        moment = interval(known_at, grant.zone).last
        if recorded_at is None or recorded_at <= moment:
            # An append under way may still get a time before the moment: wait for it.
            lock = statement(HERE, "head_shared")
            row = connection.execute(lock, (grant.ledger,)).fetchone()
            position, recorded_at = row or (0, None)
        if recorded_at is None or recorded_at <= moment:
            return int(position)
        return position_at(connection, grant.ledger, moment, position)
