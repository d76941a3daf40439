"""Files as other programs write them, and a log that an import writes to."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from services.importers.job import Report, prepare_job, run_job
from services.importers.knowledge import Knowledge, knowledge_of
from services.importers.sending import BatchAnswer, Entry

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
Line = dict[str, Any]

OURS: Final = """
[us]
domains = ["ours.example"]
[domains]
"acme.example" = "acme"
"bo.example" = "bo"
[organisations]
"Acme Inc." = "acme"
"ボー株式会社" = "bo"
"""
VISITS = """
name = "Visits"
system = "visits"
ref = "{id}"
partner = { name = "{who}" }
[[event]]
type = "ContactMade"
occurred_at = "{on}"
data = { by = "us", channel = "in_person" }
"""
"""A map of a table of visits, each a contact."""


@dataclass
class Log:
    """A log that records every line once, as a ledger does that refuses nothing."""

    events: list[Line] = field(default_factory=list)

    def deliver(self, chunk: list[Entry]) -> BatchAnswer:
        """Record the lines of a batch."""
        lines = [json.loads(entry.body) for entry in chunk]
        told = [one.get("source") for one in self.events]
        new = [line for line in lines if line["source"] not in told]
        for line in new:
            self.record(line)
        recorded, top = len(new), len(self.events)
        replayed = len(lines) - recorded
        return BatchAnswer(
            recorded=recorded, replayed=replayed, refused=0, position=top
        )

    def record(self, line: Line) -> Line:
        """Record one event, dated now unless it says when."""
        position = len(self.events) + 1
        dated = {"occurred_at": NOW.isoformat(), **line}
        self.events.append({"id": f"e{position}", "position": position, **dated})
        return self.events[-1]

    def knowledge(self) -> Knowledge:
        """What the log tells an import."""
        return knowledge_of(self.events)

    def of(self, kind: str) -> list[Line]:
        """The events of one type."""
        return [one for one in self.events if one["type"] == kind]

    def data(self, kind: str) -> list[Line]:
        """What the events of one type say."""
        return [one["data"] for one in self.of(kind)]


@dataclass
class Importer:
    """Imports files of a folder into a log."""

    folder: Path
    log: Log = field(default_factory=Log)
    map: str = OURS
    now: datetime = NOW

    def run(self, *, dry: bool = False, **files: str | bytes) -> Report:
        """Import files, named by their suffix: `vcf=…`, `ics=…`, `mbox=…`."""
        return self.told(
            {f"file.{suffix}": text for suffix, text in files.items()}, dry=dry
        )

    def told(self, files: dict[str, str | bytes], *, dry: bool = False) -> Report:
        """Import files by name, in the order given."""
        (self.folder / "map.toml").write_text(self.map, "utf-8")
        for name, text in files.items():
            content = text.encode() if isinstance(text, str) else text
            (self.folder / name).write_bytes(content)
        paths = [self.folder / name for name in files]
        job = prepare_job(self.folder / "map.toml", paths, {})
        deliver = None if dry else self.log.deliver
        return run_job(job, self.log.knowledge(), self.now, deliver)


def card(*lines: str, version: str = "4.0") -> str:
    """A vCard with these properties."""
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def calendar(*entries: str, head: str = "") -> str:
    """A calendar with these entries."""
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{''.join(entries)}END:VCALENDAR\n"


def meeting(*lines: str, uid: str = "m1@ours.example", who: str = "") -> str:
    """An entry of a calendar, with an attendee of Acme unless another is named."""
    attendee = who or "ATTENDEE:mailto:taro@acme.example"
    words = ["BEGIN:VEVENT", f"UID:{uid}", attendee, *lines, "END:VEVENT", ""]
    return "\n".join(words)


def message(
    *headers: str,
    sender: str = "taro@acme.example",
    to: str = "me@ours.example",
    at: str = "Thu, 5 Nov 2026 10:00:00 +0900",
    id_: str = "<1@acme.example>",
) -> str:
    """A message of a mailbox."""
    lines = [
        "From MAILER-DAEMON Thu Nov  5 10:00:00 2026",
        f"From: {sender}",
        f"To: {to}",
        f"Date: {at}",
        f"Message-ID: {id_}",
        *headers,
        "",
        "Good day.",
        "",
        "From here on, all is body.",
        "",
        "",
    ]
    return "\n".join(lines)


def left_out(report: Report) -> dict[str, int]:
    """How many entries were left out, by reason."""
    return dict(report.whole().skipped)


def refused(report: Report) -> dict[str, list[str]]:
    """The entries that could not be read, by reason."""
    return report.whole().unusable.examples
