"""The names, filters and texts that a map uses, so that each can be checked."""

from collections.abc import Iterator

from pydantic import JsonValue

from services.importers.conditions import Condition, Test
from services.importers.map_format import EventRule, ImportMap, parts
from services.importers.templates import Placeholder, parse


def names_in(text: str) -> Iterator[str]:
    """The names in one template."""
    return (name for p in parse(text).placeholders() for name in p.names)


def names_used(loaded: ImportMap) -> set[str]:
    """Every name that the map uses anywhere."""
    from_templates = {n for p in placeholders(loaded) for n in p.names}
    from_conditions = {name for when in _conditions(loaded) for name in when}
    return {*from_templates, *from_conditions, *(loaded.partner.between or ())}


def placeholders(loaded: ImportMap) -> Iterator[Placeholder]:
    """Every placeholder of the map."""
    for text in _texts(loaded):
        yield from parse(text).placeholders()


def _texts(loaded: ImportMap) -> Iterator[str]:
    partner = loaded.partner
    yield from (loaded.system, loaded.ref, partner.name or "", partner.us or "")
    for field in loaded.fields.values():
        yield from (field.text, field.default or "")
    yield from (rule.key for rule in loaded.collapse)
    yield loaded.order.by if loaded.order is not None else ""
    yield from _strings(dict(partner.identified))
    for when in _conditions(loaded):
        yield from _texts_of(when)
    for event in loaded.event:
        yield from _event_texts(event)


def _event_texts(event: EventRule) -> Iterator[str]:
    optional = (event.needs, event.lacks, event.introduces, event.correlation)
    yield from (text for text in optional if text is not None)
    yield from (event.occurred_at, event.suffix)
    yield from _strings(dict(event.data))


def _strings(shape: JsonValue) -> Iterator[str]:
    return (part for part in parts(shape) if isinstance(part, str))


def names_of(when: Condition) -> set[str]:
    """Every name that a condition uses."""
    return {*when, *(name for text in _texts_of(when) for name in names_in(text))}


def _conditions(loaded: ImportMap) -> Iterator[Condition]:
    yield from (field.when for field in loaded.fields.values())
    yield from (rule.when for rule in loaded.skip)
    yield from (rule.when for rule in loaded.collapse)
    yield from (rule.when for rule in loaded.event)
    if loaded.order is not None:
        yield loaded.order.first


def _texts_of(when: Condition) -> Iterator[str]:
    for wanted in when.values():
        choices = (wanted.is_, wanted.not_) if isinstance(wanted, Test) else (wanted,)
        for choice in choices:
            yield from (choice,) if isinstance(choice, str) else choice or ()
