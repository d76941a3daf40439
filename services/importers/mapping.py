"""From rows to outcomes: which events each row makes, or why it makes none.

Pure but for what it remembers of earlier rows: no file, no clock, no network.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.importers.conditions import Condition, holds
from services.importers.events import Draft, draft_events, identification, render
from services.importers.map_format import DerivedField
from services.importers.naming import PartnerIds
from services.importers.outcomes import (
    Collapsed,
    EventLine,
    Mapped,
    Outcome,
    Refused,
    Skipped,
)
from services.importers.plan import Plan
from services.importers.refusals import RowRefused
from services.importers.rows import Row

NOT_OURS: Final = "neither side is us"
BOTH_OURS: Final = "both sides are us"
NO_PARTNER: Final = "no partner named"


@dataclass(frozen=True, slots=True)
class KnownPartner:
    """A partner that the ledger has already: its name, and how it was recorded."""

    name: str
    recorded: EventLine


class RowMapper:
    """Maps rows one after another, remembering what earlier rows have told."""

    def __init__(
        self, plan: Plan, known: Mapping[str, KnownPartner] | None = None
    ) -> None:
        """Start with the partners that the ledger knows."""
        self._plan = plan
        self._known = known or {}
        names = {id_: partner.name for id_, partner in self._known.items()}
        self.partner_ids = PartnerIds(plan.map.partner.ids, names)
        self._mentioned: set[str] = set()
        self._introduced: set[str] = set()
        self._told: dict[tuple[str, str], str] = {}
        self._refs: Counter[str] = Counter()

    def outcomes(self, rows: Iterable[Row]) -> Iterator[Outcome]:
        """Exactly one outcome for each row, in the order of the map."""
        return map(self.outcome, in_order(self._plan, rows))

    def outcome(self, row: Row) -> Outcome:
        """What becomes of a row; a refused one leaves no trace in later rows."""
        if row.fault:
            return Refused(row, "broken row", row.fault)
        try:
            return self._decide(row, _cells(self._plan, row))
        except RowRefused as refused:
            return Refused(row, refused.rule, refused.reason)

    def _decide(self, row: Row, values: dict[str, str]) -> Outcome:
        if rule := self._left_out(values):
            return Skipped(row, rule)
        values["partner"] = self.partner_ids.of(values["partner_name"])
        keys = list(self._collapse_keys(values))
        for rule, key in keys:
            if (rule, key) in self._told:
                return Collapsed(row, rule, self._told[rule, key])
        ref = values["ref"] = self._ref(values)
        draft = draft_events(self._plan, values, self._introduced)
        lines = [*self._identified(draft, values), *draft.lines]
        self._told |= dict.fromkeys(keys, ref)
        self._introduced |= draft.introduced
        self._mentioned.add(values["partner"])
        return Mapped(row, tuple(lines))

    def _left_out(self, values: dict[str, str]) -> str:
        """The name of the rule that leaves the row out, or nothing."""
        if rule := self._pair(values):
            return rule
        for name, field in self._plan.map.fields.items():
            values[name] = self._derived(name, field, values)
        if self._plan.map.partner.name is not None:
            values["partner_name"] = render(
                self._plan, self._plan.map.partner.name, values
            )
        rules = (r.rule for r in self._plan.map.skip if self._holds(r.when, values))
        return next(rules, "" if values["partner_name"] else NO_PARTNER)

    def _pair(self, values: dict[str, str]) -> str:
        """Find the other party of a pair of columns, and which side acted."""
        rule = self._plan.map.partner
        if rule.between is None or rule.us is None:
            return ""
        actor, other = (values[name] for name in rule.between)
        us = render(self._plan, rule.us, values)
        if us not in {actor, other}:
            return NOT_OURS
        values["partner_name"] = other if actor == us else actor
        sides = ("us", "partner") if actor == us else ("partner", "us")
        values["by"], values["by_other"] = sides
        return BOTH_OURS if actor == other else ""

    def _derived(self, name: str, field: DerivedField, values: dict[str, str]) -> str:
        if not self._holds(field.when, values):
            return ""
        text = render(self._plan, field.text, values)
        if field.table is None:
            return text or _default(self._plan, field, values)
        found = self._plan.tables[field.table].get(text)
        if found is None and field.default is None:
            raise RowRefused("value not in table", f"{name}: {text!r}")
        if found is None:
            return _default(self._plan, field, values)
        return found if isinstance(found, str) else found[field.column or ""]

    def _collapse_keys(self, values: dict[str, str]) -> Iterator[tuple[str, str]]:
        for rule in self._plan.map.collapse:
            if self._holds(rule.when, values):
                yield rule.rule, render(self._plan, rule.key, values)

    def _ref(self, values: dict[str, str]) -> str:
        ref = render(self._plan, self._plan.map.ref, values)
        if not ref:
            raise RowRefused("no ref", f"{self._plan.map.ref} is empty")
        self._refs[ref] += 1
        if self._refs[ref] == 1:
            return ref
        if self._plan.map.repeats == "refuse":
            raise RowRefused("repeated ref", f"{ref!r} stands for an earlier row")
        return f"{ref}~{self._refs[ref]}"

    def _identified(self, draft: Draft, values: dict[str, str]) -> Iterator[EventLine]:
        if values["partner"] in self._mentioned:
            return
        line = identification(self._plan, values, draft.lines[0]["occurred_at"])
        known = self._known.get(values["partner"])
        # One that is recorded differently stays as it is: it is the same partner.
        if known is None or known.recorded == line:
            yield line

    def _holds(self, when: Condition, values: dict[str, str]) -> bool:
        return holds(when, values, self._plan.filters)


def in_order(plan: Plan, rows: Iterable[Row]) -> Iterable[Row]:
    """The rows as the map orders them; only then are they all held in memory."""
    order = plan.map.order
    if order is None:
        return rows

    def place(row: Row) -> tuple[bool, str]:
        values = _cells(plan, row)
        later = not holds(order.first, values, plan.filters)
        return later, render(plan, order.by, values)

    whole: list[Row] = []
    broken: list[Row] = []
    for row in rows:
        (broken if row.fault else whole).append(row)
    return [*broken, *sorted(whole, key=place)]


def _default(plan: Plan, field: DerivedField, values: dict[str, str]) -> str:
    return render(plan, field.default or "", values)


def _cells(plan: Plan, row: Row) -> dict[str, str]:
    cells = {name: cell.strip() for name, cell in row.cells.items()}
    renamed = {name: cells[column] for name, column in plan.map.columns.items()}
    place = {"file": row.file, "row": str(row.number)}
    return {**cells, **renamed, **plan.chosen, **place}
