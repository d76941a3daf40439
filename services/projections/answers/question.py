"""The two clocks of a question: `as_of` as an instant, `known_at` as a cut."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
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
class Standing:
    """Where a projection of a ledger stands."""

    generation: int
    position: int
    halted: bool


def asks(projection: str, *, past: bool = True) -> Callable[..., Any]:
    """A dependency: the question to one projection; `past` allows earlier knowledge."""

    async def now_only(
        request: Request,
        grant: Annotated[Grant, Depends(may_read)],
        as_of: AsOf | None = None,
        min_position: MinPosition = 0,
        wait: Wait = 5.0,
    ) -> Question:
        return await ask(request, grant, projection, as_of, None, min_position, wait)

    async def both(
        request: Request,
        grant: Annotated[Grant, Depends(may_read)],
        as_of: AsOf | None = None,
        known_at: KnownAt | None = None,
        min_position: MinPosition = 0,
        wait: Wait = 5.0,
    ) -> Question:
        known = (known_at, min_position, wait)
        return await ask(request, grant, projection, as_of, *known)

    return both if past else now_only


async def ask(
    request: Request,
    grant: Grant,
    projection: str,
    as_of: str | None,
    known_at: str | None,
    min_position: int,
    wait: float,
) -> Question:
    """The question to one projection, once it has reached what is asked for."""
    pool: ConnectionPool[Connection[Any]] = request.app.state.pool
    checkpoints: Positions = request.app.state.checkpoints
    name = f"{grant.ledger}/{projection}"
    cut = None
    if known_at is not None:
        cut = await run_in_threadpool(cut_at, pool, grant, known_at)
    if cut or min_position:
        await checkpoints.reach(name, max(cut or 0, min_position), wait)
    stand = await run_in_threadpool(_standing, pool, grant.ledger, projection)
    moment = interval(as_of, grant.zone).last if as_of else datetime.now(UTC)
    position = stand.position if cut is None else cut
    given = as_of is not None
    return Question(grant, moment, position, stand.generation, given, stand.halted)


def _standing(
    pool: ConnectionPool[Connection[Any]], ledger: str, projection: str
) -> Standing:
    with pool.connection() as connection:
        parameters = (ledger, projection)
        row = connection.execute(statement(HERE, "standing"), parameters).fetchone()
    return Standing(1, 0, halted=False) if row is None else Standing(*row)


def read_checkpoint(connection: Connection[Any], name: str) -> int:
    """The position of a checkpoint named `<ledger>/<projection>`."""
    parameters = tuple(name.split("/"))
    row = connection.execute(statement(HERE, "standing"), parameters).fetchone()
    return 0 if row is None else int(row[1])


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
