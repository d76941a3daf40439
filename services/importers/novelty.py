"""What of the events of an entry is new to the ledger, known, or changed."""

from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from services.importers.knowledge import CORRECTED, Imported, Knowledge
from services.importers.outcomes import EventLine

CHANGED: Final = "changed where it was imported from"
ERASED: Final = "erased"
NOTES: Final = frozenset({"note"})


@dataclass(slots=True)
class Novelty:
    """The lines to send, how many more are known, and all that may be believed."""

    lines: list[EventLine] = field(default_factory=list)
    known: int = 0
    heard: list[EventLine] = field(default_factory=list)


def novelty(knowledge: Knowledge, lines: list[EventLine]) -> Novelty:
    """Part what is new or changed from what is known, and remember the new."""
    found = Novelty()
    for line in lines:
        source = _source(line)
        before = knowledge.imported.get(source)
        if before is None:
            knowledge.remember(*source, _as_imported(line))
            found.lines.append(line)
        elif source in knowledge.told_now or _same(before, line):
            found.known += 1  # of two entries with one source the first counts
            if source in knowledge.told_now or _is_other(before, line):
                continue
        else:
            found.lines.append(_correction(before, line))
            before.data, before.corrections = _data(line), before.corrections + 1
        knowledge.told_now.add(source)
        found.heard.append(line)
    return found


def _same(before: Imported, line: EventLine) -> bool:
    """Mail never changes; notes, what was erased or merged are not compared."""
    data = _data(line)
    if line["type"] not in {"PersonAdded", "ContactMade", "MeetingScheduled"}:
        return True
    if _is_other(before, line) or _system(line) == "mbox":
        return True
    when = line.get("occurred_at", before.occurred_at)
    if line["type"] == "MeetingScheduled":
        when = before.occurred_at  # when it was put down, not when it will be
    public = {name: part for name, part in data.items() if name not in NOTES}
    was = {name: part for name, part in before.data.items() if name not in NOTES}
    return public == was and when == before.occurred_at


def _is_other(before: Imported, line: EventLine) -> bool:
    """Whether the line cannot say anything of what was recorded before."""
    same = (before.type, before.partner) == (line["type"], line["partner"])
    return not same or ERASED in before.data.values()


def _correction(before: Imported, line: EventLine) -> EventLine:
    system, ref = _source(line)
    kept = {name: before.data[name] for name in NOTES if name in before.data}
    data: dict[str, JsonValue] = {
        "target": before.id,
        "data": {**kept, **_data(line)},
        "reason": CHANGED,
    }
    when = line.get("occurred_at")
    if when is not None and line["type"] != "MeetingScheduled":
        data["occurred_at"] = when
    number = before.corrections + 2
    return {
        "type": "EventCorrected",
        "partner": before.partner,
        "data": data,
        "source": {"system": system, "ref": f"{ref}{CORRECTED}{number}"},
    }


def _as_imported(line: EventLine) -> Imported:
    when = str(line.get("occurred_at", ""))
    return Imported("", str(line["type"]), str(line["partner"]), when, _data(line))


def _source(line: EventLine) -> tuple[str, str]:
    source = line["source"]
    parts = source if isinstance(source, dict) else {}
    return str(parts["system"]), str(parts["ref"])


def _system(line: EventLine) -> str:
    return _source(line)[0]


def _data(line: EventLine) -> dict[str, JsonValue]:
    data = line["data"]
    return data if isinstance(data, dict) else {}
