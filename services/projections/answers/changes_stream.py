"""GET /v1/changes/stream: how far the projections are, as they move."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from psycopg import Connection
from psycopg_pool import ConnectionPool
from pydantic import StringConstraints
from starlette.concurrency import run_in_threadpool

from contracts.answers import ProblemAnswer
from contracts.saying import Said
from services.foundation.access import Grant, may_read, still_may_read
from services.foundation.answers import encode, negotiate
from services.foundation.database import statement
from services.foundation.describing.shared import refer
from services.foundation.following import Following, News
from services.foundation.freshness import MOST, Positions
from services.foundation.problems import Problem
from services.foundation.shared_reads import SharedReads
from services.foundation.sse import MEDIA_TYPE, EventStream, Streams, message

HERE: Final = "services.projections.answers"
Pool = ConnectionPool[Connection[Any]]
ProjectionName = Annotated[str, StringConstraints(pattern="^[a-z][a-z_]{0,63}$")]
router: Final = APIRouter(tags=["projections"])
EXAMPLE: Final = """retry: 1000

data: {"projection":"postings","position":42}
id: 42

: alive
id: 42

"""
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Server-sent events, for ever: first where each projection "
        "stands, then each move. A comment comes when there is nothing to tell.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": EXAMPLE}},
        "headers": refer(("Cache-Control", "X-Accel-Buffering")),
    },
    **{
        status: {"model": ProblemAnswer, "description": description}
        for status, description in (
            (401, "No valid key"),
            (403, "The key lacks the scope"),
            (406, "No such format of the answer"),
            (422, "A parameter is not valid"),
            (429, "The ledger has too many open streams"),
            (503, "The database does not answer, or no more streams are possible"),
        )
    },
}


@router.get(
    "/v1/changes/stream",
    status_code=200,
    response_class=EventStream,
    responses=RESPONSES,
)
async def stream_changes(
    request: Request,
    grant: Annotated[Grant, Depends(may_read)],
    projection: Annotated[list[ProjectionName] | None, Query(max_length=50)] = None,
    last_event_id: Annotated[
        int | None,
        Header(ge=0, le=MOST, description="Projections that stand there stay untold."),
    ] = None,
) -> EventStream:
    """Follow how far the projections are; of several moves at once the last is told."""
    negotiate(request, (MEDIA_TYPE,))
    streams: Streams = request.app.state.streams
    checkpoints: Positions = request.app.state.checkpoints
    ledger, pool = grant.ledger, request.app.state.pool
    standings = await run_in_threadpool(read_standings, pool, ledger)
    wanted = frozenset(projection or ())
    _check_known(wanted, standings)
    moves = Moves(pool, streams.reads, checkpoints, ledger, wanted, last_event_id)
    check = partial(still_may_read, request)
    following = Following(moves, checkpoints, ledger, streams.pace, check)
    return EventStream(streams, ledger, following.told())


def read_standings(pool: Pool, ledger: str) -> dict[str, int]:
    """The position of each projection of a ledger, the furthest last."""
    with pool.connection() as connection:
        rows = connection.execute(statement(HERE, "standings"), {"ledger": ledger})
        return {name: position for name, _, position, _ in rows}


def _check_known(wanted: frozenset[str], standings: Mapping[str, int]) -> None:
    """A new ledger has no projections for a moment; then any name may be waited for."""
    if standings and not wanted <= standings.keys():
        known = ", ".join(sorted(standings))
        errors = [
            (
                "/query/projection",
                Said("names no projection; known are {names}", names=known),
            )
        ]
        raise Problem("invalid", Said("See errors."), errors=errors)


class Moves:
    """Where a follower of the projections is.

    A projection is told when it stands elsewhere than where it was last told to stand:
    whoever comes back hears of all that moved meanwhile, and never of an older place.
    """

    def __init__(
        self,
        pool: Pool,
        reads: SharedReads,
        checkpoints: Positions,
        ledger: str,
        wanted: frozenset[str],
        position: int | None,
    ) -> None:
        self._pool, self._reads, self._checkpoints = pool, reads, checkpoints
        self._ledger, self._wanted, self._begin = ledger, wanted, position
        self._told: dict[str, int] = {}
        self.position: int | None = position

    async def read(self) -> News:
        """The projections that have moved."""
        read = partial(read_standings, self._pool, self._ledger)
        standings = await self._reads.ask(("standings", self._ledger), read)
        moved = {n: at for n, at in standings.items() if self._is_news(n, at)}
        self._told |= {n: at for n, at in standings.items() if self._wants(n)}
        self.position = max(moved.values(), default=self.position)
        return News([_message(name, at) for name, at in moved.items()])

    def is_behind(self) -> bool:
        """Whether a notification told of a move."""
        known = self._checkpoints.known
        told = self._told.items()
        return any(known.get(f"{self._ledger}/{n}", 0) > at for n, at in told)

    def _wants(self, name: str) -> bool:
        return not self._wanted or name in self._wanted

    def _is_news(self, name: str, at: int) -> bool:
        return self._wants(name) and self._told.get(name, self._begin) != at


def _message(name: str, at: int) -> bytes:
    return message(at, encode({"projection": name, "position": at}).decode())
