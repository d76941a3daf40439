"""An import from end to end: read, map, send, and account for everything."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import httpx2

from services.importers.account import Account
from services.importers.files import Progress
from services.importers.known import known_partners
from services.importers.mapping import KnownPartner, RowMapper
from services.importers.outcomes import Mapped, Outcome
from services.importers.plan import Plan
from services.importers.rows import read_rows
from services.importers.sending import BatchAnswer, Entry, Pause, chunks, entry, send

TIMEOUT_SECONDS = 60.0

Deliver = Callable[[list[Entry]], BatchAnswer]
"""Sends a batch until its answer is known."""


def ledger_client(url: str, key: str) -> httpx2.Client:
    """A client of one ledger; a batch may take as long as a minute."""
    return httpx2.Client(
        base_url=url,
        headers={"Authorization": f"Bearer {key}"},
        timeout=TIMEOUT_SECONDS,
    )


def delivery(client: httpx2.Client, pause: Pause = time.sleep) -> Deliver:
    """Delivery to the ledger of a client."""
    return partial(send, client, pause=pause)


def run_import(
    client: httpx2.Client,
    plan: Plan,
    *,
    on_progress: Progress | None = None,
    pause: Pause = time.sleep,
) -> Account:
    """Import every row of a plan and return the account, which adds up.

    Raises httpx2.ConnectError when no service answers, SendingFailed when it takes
    no events, FileUnusable when a file cannot be read. Running it again is safe.
    """
    account = Account()
    known = known_partners(client)
    told = table_outcomes(plan, account, known, on_progress)
    return tell(account, told, delivery(client, pause))


def dry_run(plan: Plan, *, on_progress: Progress | None = None) -> Account:
    """The account of the same rows, with nothing sent and no service needed."""
    account = Account(dry=True)
    return tell(account, table_outcomes(plan, account, {}, on_progress), None)


def table_outcomes(
    plan: Plan,
    account: Account,
    known: Mapping[str, KnownPartner],
    on_progress: Progress | None,
) -> Iterator[Outcome]:
    """What becomes of the rows of a plan's tables."""
    mapper = RowMapper(plan, known)
    yield from mapper.outcomes(read_rows(plan, on_progress))
    account.set_apart = mapper.partner_ids.set_apart


def tell(
    account: Account, outcomes: Iterable[Outcome], deliver: Deliver | None
) -> Account:
    """Enter outcomes, and what the ledger answers, until the account is complete."""
    for chunk in chunks(_entries(account, outcomes)):
        if deliver is not None:
            _enter_answer(account, chunk, deliver(chunk))
    account.check()
    return account


def _entries(account: Account, outcomes: Iterable[Outcome]) -> Iterator[Entry]:
    for outcome in outcomes:
        account.enter(outcome)
        if isinstance(outcome, Mapped):
            for line in outcome.lines:
                yield entry(outcome.row.place, line)


def _enter_answer(account: Account, chunk: list[Entry], answer: BatchAnswer) -> None:
    account.recorded += answer.recorded
    account.replayed += answer.replayed
    account.position = answer.position
    for refusal in answer.problems:
        refused = chunk[refusal.line - 1]
        account.rows_refused.add(refused.place)
        example = f"{refused.place}, {refused.type}: {refusal.problem.sentence}"
        account.refused.add(refusal.problem.code, example)
