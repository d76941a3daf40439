"""The account of an import: every row and every event, and that they add up."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from services.importers.files import Kind
from services.importers.outcomes import Collapsed, Mapped, Outcome, Refused, Skipped

EXAMPLES: Final = 3


class AccountUnbalanced(AssertionError):
    """Rows or events were lost on the way; this is a fault of the importer."""


@dataclass(slots=True)
class Refusals:
    """How often each rule or code refused, and the first examples of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, code: str, example: str) -> None:
        """Count one, and keep it as an example while there are few."""
        self.counts[code] += 1
        kept = self.examples.setdefault(code, [])
        if len(kept) < EXAMPLES:
            kept.append(shown(example))

    def take(self, other: "Refusals") -> None:
        """Count what others count, with their examples while there are few."""
        self.counts.update(other.counts)
        for code, examples in other.examples.items():
            kept = self.examples.setdefault(code, [])
            kept += examples[: EXAMPLES - len(kept)]

    def as_json(self) -> JsonValue:
        """By rule or code: the count and the examples."""
        return {
            code: {"count": count, "examples": list(self.examples[code])}
            for code, count in sorted(self.counts.items())
        }


@dataclass(slots=True)
class Account:
    """What became of the rows, and what the ledger answered to their events."""

    dry: bool = False
    name: str = ""
    kind: Kind = "table"
    rows: int = 0
    mapped: int = 0
    collapsed: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    skipped_examples: dict[str, list[str]] = field(default_factory=dict)
    unusable: Refusals = field(default_factory=Refusals)
    events: Counter[str] = field(default_factory=Counter)
    known: int = 0
    recorded: int = 0
    replayed: int = 0
    refused: Refusals = field(default_factory=Refusals)
    rows_refused: set[str] = field(default_factory=set)
    set_apart: dict[str, str] = field(default_factory=dict)
    position: int | None = None

    def enter(self, outcome: Outcome) -> None:
        """Count one row, and the events that it makes."""
        self.rows += 1
        match outcome:
            case Mapped(lines=lines, known=known):
                self.mapped += 1
                self.events.update(str(line["type"]) for line in lines)
                self.known += known
            case Collapsed(rule=rule):
                self.collapsed[rule] += 1
            case Skipped(row=row, rule=rule, detail=detail):
                self._skip(rule, f"{row.place}: {detail}" if detail else row.place)
            case Refused(row=row, rule=rule, reason=reason):
                self.unusable.add(rule, f"{row.place}: {reason}")

    def _skip(self, rule: str, example: str) -> None:
        self.skipped[rule] += 1
        kept = self.skipped_examples.setdefault(rule, [])
        if len(kept) < EXAMPLES:
            kept.append(shown(example))

    @property
    def something_refused(self) -> bool:
        """Whether any row or event was refused."""
        return bool(self.unusable.counts or self.refused.counts)

    def check(self) -> None:
        """Hold the sums against each other; AccountUnbalanced when they differ."""
        accounted = (
            self.mapped
            + self.collapsed.total()
            + self.skipped.total()
            + self.unusable.counts.total()
        )
        _equal("rows", self.rows, accounted)
        if not self.dry:
            answered = self.recorded + self.replayed + self.refused.counts.total()
            _equal("events", self.events.total(), answered)

    def add(self, other: "Account") -> None:
        """Count what another account counts."""
        for name in ("rows", "mapped", "known", "recorded", "replayed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, others in (
            (self.collapsed, other.collapsed),
            (self.skipped, other.skipped),
            (self.events, other.events),
        ):
            mine.update(others)
        self.unusable.take(other.unusable)
        self.refused.take(other.refused)
        self.rows_refused |= other.rows_refused
        self.set_apart |= other.set_apart
        self.position = other.position or self.position

    def as_json(self) -> dict[str, JsonValue]:
        """The whole account, for `--json`."""
        return {
            "dry_run": self.dry,
            "rows": {
                "read": self.rows,
                "with_events": self.mapped,
                "with_refused_events": len(self.rows_refused),
                "collapsed": dict(self.collapsed),
                "skipped": dict(self.skipped),
                "refused": self.unusable.as_json(),
            },
            "events": {
                "made": self.events.total(),
                "by_type": dict(sorted(self.events.items())),
                "recorded": self.recorded,
                "replayed": self.replayed,
                "known": self.known,
                "refused": self.refused.as_json(),
            },
            "similar_names": dict(self.set_apart),
            "position": self.position,
        }


def shown(text: str) -> str:
    """Text of a file as it may be put on a terminal, which obeys some characters."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _equal(what: str, left: int, right: int) -> None:
    if left != right:
        raise AccountUnbalanced(f"{left} {what}, but {right} accounted for")
