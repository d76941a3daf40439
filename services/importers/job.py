"""Files of several kinds in one import: who is who first, then what happened."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx2
from pydantic import JsonValue

from services.importers.account import Account
from services.importers.desk import Desk
from services.importers.files import Kind, Progress, kind_of
from services.importers.knowledge import Knowledge, ask
from services.importers.known import known_partners
from services.importers.outcomes import Mapped, Outcome
from services.importers.people import Unknown
from services.importers.plan import Plan, load_sections, prepare_import
from services.importers.refusals import FileUnusable, MapUnusable
from services.importers.run import Deliver, table_outcomes, tell
from services.importers.sections import Sections

SYSTEMS: Final[Mapping[Kind, str]] = {
    "contacts": "vcard",
    "calendar": "icalendar",
    "mail": "mbox",
}
READERS: Final[Mapping[Kind, str]] = {
    "contacts": "services.importers.contacts.people",
    "calendar": "services.importers.calendars.meetings",
    "mail": "services.importers.mail.contacts",
}
ORDER: Final[tuple[Kind, ...]] = ("contacts", "table", "calendar", "mail")
Reader = Callable[[Desk, Path, Progress | None], Iterator[Outcome]]


@dataclass(frozen=True, slots=True)
class Job:
    """What to import: files by kind, a plan for the tables, a map for the others."""

    files: tuple[Path, ...]
    sections: Sections
    plan: Plan | None = None

    def of_kind(self, kind: Kind) -> tuple[Path, ...]:
        """The files of one kind, in the order given."""
        return tuple(path for path in self.files if kind_of(path) == kind)


@dataclass(slots=True)
class Report:
    """The account of every file, and what nothing told the partner of."""

    accounts: list[Account] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Unknown)
    broken: list[str] = field(default_factory=list)

    def whole(self) -> Account:
        """The account of all files together."""
        whole = Account(dry=any(one.dry for one in self.accounts))
        for one in self.accounts:
            whole.add(one)
        return whole

    def as_json(self) -> dict[str, JsonValue]:
        """The sums, then file by file."""
        files: list[JsonValue] = [
            {"file": one.name, "kind": one.kind, **one.as_json()}
            for one in self.accounts
        ]
        unknown: dict[str, JsonValue] = {
            "organisations": dict(self.unknown.organisations.most_common()),
            "domains": dict(self.unknown.domains.most_common()),
        }
        broken: list[JsonValue] = [*self.broken]
        sums = self.whole().as_json()
        return {**sums, "files": files, "unknown": unknown, "unusable_files": broken}


def prepare_job(
    map_path: Path | None, files: Iterable[Path], settings: Mapping[str, str]
) -> Job:
    """Sort the files and read the map; MapUnusable says what is missing or wrong."""
    given = tuple(dict.fromkeys(files))
    tables = [path for path in given if kind_of(path) == "table"]
    if tables and map_path is None:
        reason = "is a table: say with --map what its rows mean"
        raise MapUnusable(f"{tables[0].name} {reason}")
    if settings and not tables:
        raise MapUnusable("--set chooses for tables, and there is none")
    _check_readers({kind_of(path) for path in given})
    sections = Sections() if map_path is None else load_sections(map_path)
    if not tables or map_path is None:
        return Job(given, sections)
    return Job(given, sections, prepare_import(map_path, tables, settings))


def what_is_known(client: httpx2.Client, job: Job) -> Knowledge:
    """What the ledger knows that matters to these files."""
    systems = [system for kind, system in SYSTEMS.items() if job.of_kind(kind)]
    if not systems:
        return Knowledge(partners=known_partners(client))
    return ask(client, systems)


def run_job(
    job: Job,
    knowledge: Knowledge,
    now: datetime,
    deliver: Deliver | None,
    on_progress: Progress | None = None,
) -> Report:
    """Import every file, or only account for it when there is no delivery.

    A file that cannot be read does not keep the others from being imported.
    """
    desk = Desk.of(job.sections, knowledge, now)
    report = Report(unknown=desk.unknown)
    dry = deliver is None
    for account, outcomes in _steps(job, desk, on_progress, dry=dry):
        report.accounts.append(account)
        try:
            tell(account, outcomes, deliver)
        except FileUnusable as broken:
            report.broken.append(str(broken))
    return report


def _steps(
    job: Job, desk: Desk, on_progress: Progress | None, *, dry: bool
) -> Iterator[tuple[Account, Iterator[Outcome]]]:
    for kind in ORDER:
        files = job.of_kind(kind)
        if kind == "table":
            if job.plan is not None:
                names = ", ".join(path.name for path in files)
                account = Account(dry, names)
                yield account, _tables(job.plan, desk, account, on_progress)
            continue
        for path in files:
            account = Account(dry, path.name, kind)
            reader: Reader = importlib.import_module(READERS[kind]).outcomes
            yield account, reader(desk, path, on_progress)
            account.set_apart = dict(desk.partners.set_apart)
            desk.partners.set_apart.clear()


def _tables(
    plan: Plan, desk: Desk, account: Account, on_progress: Progress | None
) -> Iterator[Outcome]:
    known = dict(desk.knowledge.partners)
    for outcome in table_outcomes(plan, account, known, on_progress):
        if isinstance(outcome, Mapped):
            desk.learn(outcome.lines)
        yield outcome


def _check_readers(kinds: set[Kind]) -> None:
    """Calendars and address books need packages that a server goes without."""
    for kind in sorted(kinds & READERS.keys()):
        try:
            importlib.import_module(READERS[kind])
        except ModuleNotFoundError as missing:
            needed = "pip install 'alliance-ledger[importers]'"
            raise MapUnusable(f"{missing.name} is needed: {needed}") from missing
