"""An import from end to end: read, map, send, and account for everything."""

import time
from collections.abc import Iterator, Mapping

import httpx2

from services.importers.account import Account
from services.importers.known import known_partners
from services.importers.mapping import KnownPartner, RowMapper
from services.importers.outcomes import Mapped
from services.importers.plan import Plan
from services.importers.rows import Progress, read_rows
from services.importers.sending import Entry, Pause, chunks, entry, send

TIMEOUT_SECONDS = 60.0


def ledger_client(url: str, key: str) -> httpx2.Client:
    """A client of one ledger; a batch may take as long as a minute."""
    return httpx2.Client(
        base_url=url,
        headers={"Authorization": f"Bearer {key}"},
        timeout=TIMEOUT_SECONDS,
    )


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
    for chunk in chunks(_entries(plan, account, known_partners(client), on_progress)):
        _enter_answer(account, client, chunk, pause)
    account.check()
    return account


def dry_run(plan: Plan, *, on_progress: Progress | None = None) -> Account:
    """The account of the same rows, with nothing sent and no service needed."""
    account = Account(dry=True)
    for _ in _entries(plan, account, {}, on_progress):
        pass
    account.check()
    return account


def _entries(
    plan: Plan,
    account: Account,
    known: Mapping[str, KnownPartner],
    on_progress: Progress | None,
) -> Iterator[Entry]:
    mapper = RowMapper(plan, known)
    for outcome in mapper.outcomes(read_rows(plan, on_progress)):
        account.enter(outcome)
        if isinstance(outcome, Mapped):
            for line in outcome.lines:
                yield entry(outcome.row.place, line)
    account.set_apart = mapper.partner_ids.set_apart


def _enter_answer(
    account: Account, client: httpx2.Client, chunk: list[Entry], pause: Pause
) -> None:
    answer = send(client, chunk, pause)
    account.recorded += answer.recorded
    account.replayed += answer.replayed
    account.position = answer.position
    for refusal in answer.problems:
        refused = chunk[refusal.line - 1]
        account.rows_refused.add(refused.place)
        example = f"{refused.place}, {refused.type}: {refusal.problem.sentence}"
        account.refused.add(refusal.problem.code, example)
