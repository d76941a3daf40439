"""One question at two cuts: as known then and as known now."""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, StringConstraints
from starlette.concurrency import run_in_threadpool

from contracts.saying import Said
from services.foundation.access import Grant, may_read
from services.foundation.freshness import MinPosition, Wait
from services.foundation.problems import Problem
from services.projections.answers.question import (
    KNOWN_AT,
    AsOf,
    Question,
    cut_at,
    date_or_position,
    unread,
)

_Cut = Annotated[
    str, StringConstraints(pattern=KNOWN_AT), AfterValidator(date_or_position)
]
KnownFrom = Annotated[
    _Cut, Query(description="What was recorded by then, or `position:<n>`.")
]
KnownTo = Annotated[
    _Cut, Query(description="The same for now; default all. Not before `known_from`.")
]
EARLIER: Final = Said("is earlier than known_from")


@dataclass(frozen=True, slots=True)
class Cut:
    """A question to the relationships, and the same to the books."""

    seen: Question
    weighed: Question

    @property
    def position(self) -> int:
        """What was known."""
        return self.seen.position

    def at(self, position: int) -> "Cut":
        """The same question with other knowledge, at one instant."""
        as_of = self.seen.as_of
        return Cut(
            replace(self.seen, position=position),
            replace(self.weighed, position=position, as_of=as_of),
        )


@dataclass(frozen=True, slots=True)
class Between:
    """What is asked at two cuts."""

    then: Cut
    now: Cut


async def between(
    request: Request,
    grant: Annotated[Grant, Depends(may_read)],
    known_from: KnownFrom,
    known_to: KnownTo | None = None,
    as_of: AsOf | None = None,
    min_position: MinPosition = 0,
    wait: Wait = 5.0,
) -> Between:
    """A dependency: both read models have reached both cuts, which are in order."""
    pool = request.app.state.pool
    then = await run_in_threadpool(cut_at, pool, grant, known_from, "known_from")
    now = None
    if known_to is not None:
        now = await run_in_threadpool(cut_at, pool, grant, known_to, "known_to")
        if now < then:
            errors = [("/query/known_to", EARLIER)]
            raise Problem("invalid", Said("See errors."), errors=errors)
    least = max(then, now or 0, min_position)
    seen = await unread(request, grant, "relationship", as_of, None, least, wait)
    weighed = await unread(request, grant, "postings", as_of, None, least, wait)
    # Read once both have come as far: where they stand is read for both.
    asked = await run_in_threadpool(lambda: Cut(seen.read(), weighed.read()))
    newest = min(asked.seen.position, asked.weighed.position)
    return Between(asked.at(then), asked.at(newest if now is None else now))
