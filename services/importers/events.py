"""The event lines that one row makes, before anything is remembered of it."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pydantic import JsonValue, ValidationError

from contracts.events import EventData
from services.importers.conditions import holds
from services.importers.map_format import EventRule
from services.importers.outcomes import EventLine
from services.importers.plan import Plan
from services.importers.refusals import MapUnusable, RowRefused
from services.importers.templates import fill, parse
from services.importers.values import known_unit, positive_amount

Values = Mapping[str, str]


@dataclass(slots=True)
class Draft:
    """The events of one row, and the things that they introduce."""

    lines: list[EventLine] = field(default_factory=list)
    introduced: set[str] = field(default_factory=set)


def draft_events(plan: Plan, values: Values, introduced: AbstractSet[str]) -> Draft:
    """Every event whose condition holds; RowRefused when there is none.

    What events need or lack is what earlier rows have introduced.
    """
    draft = Draft()
    for rule in plan.map.event:
        if _applies(plan, rule, values, introduced):
            draft.lines.append(_line(plan, rule, values))
            if rule.introduces is not None:
                draft.introduced.add(render(plan, rule.introduces, values))
    if not draft.lines:
        raise RowRefused("no rule of the map", "it makes no event and is not skipped")
    _check_refs(draft.lines)
    return draft


def identification(plan: Plan, values: Values, occurred_at: JsonValue) -> EventLine:
    """The event that introduces a partner, dated by the first fact about it."""
    details = fill(dict(plan.map.partner.identified), values, plan.filters)
    data: dict[str, JsonValue] = {"name": values["partner_name"]}
    data |= details if isinstance(details, dict) else {}
    check_data("PartnerIdentified", data)
    return {
        "type": "PartnerIdentified",
        "partner": values["partner"],
        "occurred_at": occurred_at,
        "data": data,
        "source": {
            "system": render(plan, plan.map.system, values),
            "ref": f"partner:{values['partner']}",
        },
    }


def render(plan: Plan, text: str, values: Values) -> str:
    """A text of the map with the values of a row."""
    return parse(text).render(values, plan.filters)


def check_data(kind: str, data: Mapping[str, JsonValue]) -> None:
    """Refuse here what the ledger would refuse, so that a dry run tells of it."""
    try:
        EventData.catalogue[kind].model_validate(data)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise RowRefused("invalid event", f"{kind} {field}: {first['msg']}") from wrong


def _applies(
    plan: Plan, rule: EventRule, values: Values, introduced: AbstractSet[str]
) -> bool:
    return (
        holds(rule.when, values, plan.filters)
        and (rule.needs is None or render(plan, rule.needs, values) in introduced)
        and (rule.lacks is None or render(plan, rule.lacks, values) not in introduced)
    )


def _line(plan: Plan, rule: EventRule, values: Values) -> EventLine:
    data = dict(_exact(plan, fill(dict(rule.data), values, plan.filters)))
    check_data(rule.type, data)
    line: EventLine = {
        "type": rule.type,
        "partner": values["partner"],
        "occurred_at": _occurred_at(plan, rule, values),
        "data": data,
        "source": {
            "system": render(plan, plan.map.system, values),
            "ref": values["ref"] + render(plan, rule.suffix, values),
        },
    }
    if rule.correlation is not None:
        line["correlation"] = render(plan, rule.correlation, values)
    return line


def _occurred_at(plan: Plan, rule: EventRule, values: Values) -> str:
    text = render(plan, rule.occurred_at, values)
    if not text:
        raise RowRefused("no date", f"{rule.occurred_at} is empty")
    return plan.filters["date"](text)


def _exact(plan: Plan, data: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    for name, part in data.items() if isinstance(data, dict) else ():
        match name, part:
            case "quantity", {"amount": str(amount), "unit": str(unit)}:
                exact = positive_amount(plan.filters["amount"](amount))
                yield name, {"amount": exact, "unit": known_unit(unit)}
            case "delta", str(amount):
                yield name, plan.filters["amount"](amount)
            case _:
                yield name, part


def _check_refs(lines: list[EventLine]) -> None:
    refs = [str(line["source"]) for line in lines]
    if len(set(refs)) < len(refs):
        kinds = ", ".join(str(line["type"]) for line in lines)
        raise MapUnusable(f"the events {kinds} of one row need different `suffix`es")
