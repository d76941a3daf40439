"""One audit of one ledger, in small steps that disturb nobody."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from random import Random
from time import monotonic
from typing import Any, Final

import structlog
from psycopg import InterfaceError, OperationalError
from psycopg.errors import QueryCanceled

from services.projections.audit.findings import MOST_FINDINGS, Bounds, Finding, Found
from services.projections.audit.log_checks import Page, check_head, check_page, sums
from services.projections.audit.partners import Partners
from services.projections.audit.picking import pick_partners
from services.projections.audit.reading import (
    Pool,
    one_moment,
    read_head,
    read_live,
    read_zone,
)

AWAY: Final = (OperationalError, InterfaceError)
Rest = Callable[[float], bool]
log = structlog.get_logger(__name__)


class Interrupted(Exception):
    """The process was told to stop; nothing can be said of the ledger."""


@dataclass(frozen=True, slots=True)
class Step:
    """A short look at something."""

    take: Callable[[], object]
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit saw, and whether all of it is as it must be."""

    started_at: datetime
    finished_at: datetime
    position: int
    seed: int
    found: Found

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.found.count


@dataclass(slots=True)
class Auditing:
    """An audit under way.

    `rest` waits between two steps; it says whether the process is to stop.
    """

    pool: Pool
    ledger: str
    seed: int
    rest: Rest
    bounds: Bounds
    found: Found = field(default_factory=Found)

    def run(self) -> Audit:
        """Look at the log, at the sums and at some partners, in the time there is."""
        started_at, rng = datetime.now(UTC), Random(self.seed)  # noqa: S311 - repeatable
        until = monotonic() + self.bounds.seconds
        head, _ = read_head(self.pool, self.ledger)
        start = rng.randrange(max(1, head - self.bounds.positions + 1))
        self._take(self._log(start, head), _share(until, 3))
        self._take(self._sums(start), _share(until, 2))
        self._take(self._partners(rng, head), until)
        now = datetime.now(UTC)
        return Audit(started_at, now, head, self.seed, self.found)

    def _take(self, steps: Iterable[Step], until: float) -> None:
        for step in steps:
            self._attempt(step)
            if self.rest(self.bounds.rest_seconds):
                raise Interrupted
            if monotonic() > until:
                return

    def _attempt(self, step: Step) -> None:
        try:
            step.take()
        except QueryCanceled:  # busy is not wrong
            self.found.looked_at(given_up=1)
        except AWAY:
            raise
        except Exception as error:
            if not self.found.count:  # once; the others are of the same kind
                log.exception("audit_step_failed", ledger=self.ledger)
            detail = f"what is stored cannot be read: {type(error).__name__}"
            self.found.add(Finding("not-readable", detail, step.partner))

    def _log(self, start: int, head: int) -> Iterator[Step]:
        page = Page(start, None, 1, ())
        most = self.bounds.positions_at_once
        last = min(head, start + self.bounds.positions)

        def step() -> None:
            nonlocal page
            page = check_page(self.pool, self.ledger, page, last, most)
            self.found.looked_at(positions=page.events)
            self.found.add(*page.findings)

        yield Step(lambda: self.found.add(*check_head(self.pool, self.ledger)))
        while page.last < last:
            before = page.last
            yield Step(step)
            if page.last == before:
                return

    def _sums(self, start: int) -> Iterator[Step]:
        with one_moment(self.pool) as connection:
            live = read_live(connection, self.ledger)
        generation, position = live.get("postings", (0, 0))
        last = min(position, start + self.bounds.positions)
        for after in range(start, last, self.bounds.positions_at_once):
            up_to = min(last, after + self.bounds.positions_at_once)
            named = {"ledger": self.ledger, "generation": generation, "after": after}
            named |= {"last": up_to, "most": MOST_FINDINGS}
            yield Step(partial(self._sum, named))

    def _sum(self, named: dict[str, Any]) -> None:
        self.found.add(*sums(self.pool, named))
        self.found.looked_at(posted_positions=named["last"] - named["after"])

    def _partners(self, rng: Random, head: int) -> Iterator[Step]:
        zone = read_zone(self.pool, self.ledger)
        partners = Partners(self.pool, self.ledger, zone, self.bounds, self.found)
        picked = pick_partners(self.pool, self.ledger, rng, head, self.bounds.partners)
        seen: set[str] = set()

        def step(partner: str) -> None:
            seen.update(partners.check(partner))

        for partner in picked:
            if partner not in seen:
                yield Step(partial(step, partner), partner)


def _share(until: float, parts: int) -> float:
    """The end of the first of so many equal parts of the time that is left."""
    now = monotonic()
    return now + (until - now) / parts
