"""A map made ready: loaded, its parameters chosen, every name in it checked."""

import csv
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from contracts.events import EventData
from services.importers.map_format import ImportMap, Order, Section, TableFile
from services.importers.naming import identifier, slug
from services.importers.refusals import MapUnusable
from services.importers.sections import Sections, parted
from services.importers.templates import TYPED
from services.importers.values import exact_amount, magnitude, negated, occurrence
from services.importers.words import names_in, names_of, names_used, placeholders

Form = TypeVar("Form", bound=Section)
Table = Mapping[str, str | Mapping[str, str]]
BUILT_IN: Final = ("file", "row", "ref")
OF_THE_PARTNER: Final = ("partner", "partner_name")
OF_THE_PAIR: Final = ("by", "by_other")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to import and how: a checked map, chosen values, and the files."""

    map: ImportMap
    chosen: Mapping[str, str]
    tables: Mapping[str, Table]
    files: tuple[Path, ...]
    filters: Mapping[str, Callable[[str], str]]


def prepare_import(
    map_path: Path, files: Iterable[Path], settings: Mapping[str, str] | None = None
) -> Plan:
    """Read a map and choose its parameters; MapUnusable names what is wrong."""
    loaded = load_map(map_path)
    plan = Plan(
        loaded,
        _chosen(loaded, settings or {}),
        {**loaded.tables, **_table_files(loaded.table_files, map_path.parent)},
        tuple(files),
        _filters(loaded),
    )
    _check(plan)
    return plan


def load_map(path: Path) -> ImportMap:
    """Read and validate what the TOML of a map says of tables."""
    return _validated(path, ImportMap, parted(_read_toml(path))[1])


def load_sections(path: Path) -> Sections:
    """Read and validate what the TOML of a map says of everything else.

    Whatever it says of tables must be a whole map.
    """
    sections, of_tables = parted(_read_toml(path))
    if of_tables:
        _validated(path, ImportMap, of_tables)
    return _validated(path, Sections, sections)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise MapUnusable(f"{path.name}: {wrong}") from wrong


def _validated(path: Path, form: type[Form], document: dict[str, Any]) -> Form:
    try:
        return form.model_validate(document)
    except ValidationError as wrong:
        places = (
            f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
            for error in wrong.errors()
        )
        raise MapUnusable(f"{path.name}: {'; '.join(places)}") from wrong


def needed_columns(plan: Plan) -> set[str]:
    """The columns that a file must have for this map."""
    own = {*plan.map.columns, *plan.map.parameters, *plan.map.fields}
    made = {*BUILT_IN, *OF_THE_PARTNER, *_pair_words(plan.map)}
    return (names_used(plan.map) - own - made) | set(plan.map.columns.values())


def _chosen(loaded: ImportMap, settings: Mapping[str, str]) -> dict[str, str]:
    if unknown := settings.keys() - loaded.parameters.keys():
        known = ", ".join(loaded.parameters) or "none"
        raise MapUnusable(f"no parameter {min(unknown)!r}; the map has: {known}")
    values = {n: settings.get(n, p.default) for n, p in loaded.parameters.items()}
    if missing := [name for name, value in values.items() if value is None]:
        about = loaded.parameters[missing[0]].about
        raise MapUnusable(f"choose --set {missing[0]}=…: {about}")
    return {name: value or "" for name, value in values.items()}


def _table_files(
    tables: Mapping[str, TableFile], folder: Path
) -> dict[str, dict[str, dict[str, str]]]:
    return {name: _read_table(folder / t.path, t.key) for name, t in tables.items()}


def _read_table(path: Path, key: str) -> dict[str, dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise MapUnusable(f"table {path.name}: {wrong}") from wrong
    if rows and key not in rows[0]:
        raise MapUnusable(f"table {path.name} has no column {key!r}")
    table = {row[key]: row for row in rows}
    if len(table) < len(rows):
        raise MapUnusable(f"table {path.name} holds a value of {key!r} twice")
    return table


def _filters(loaded: ImportMap) -> dict[str, Callable[[str], str]]:
    numbers = loaded.numbers
    amount = partial(exact_amount, decimal=numbers.decimal, thousands=numbers.thousands)
    return {
        "abs": magnitude,
        "negate": negated,
        "lower": str.lower,
        "slug": slug,
        "id": identifier,
        "amount": amount,
        "date": partial(occurrence, formats=loaded.dates.formats),
    }


def _check(plan: Plan) -> None:
    used = {name for p in placeholders(plan.map) for name in p.filters}
    if unknown := used - {*plan.filters, *TYPED}:
        raise MapUnusable(f"no filter {min(unknown)!r}")
    for name, field in plan.map.fields.items():
        if field.table is not None and field.table not in plan.tables:
            raise MapUnusable(f"fields.{name}: no table {field.table!r}")
    if unknown := {e.type for e in plan.map.event} - EventData.catalogue.keys():
        raise MapUnusable(f"no event type {min(unknown)!r}")
    _check_columns_of_tables(plan)
    _check_order(plan.map)
    taken = {*BUILT_IN, *OF_THE_PARTNER, *OF_THE_PAIR}
    if clash := taken & {*plan.map.fields, *plan.map.parameters, *plan.map.columns}:
        raise MapUnusable(f"{min(clash)!r} is a word that the importer fills in")


def _check_columns_of_tables(plan: Plan) -> None:
    for name, field in plan.map.fields.items():
        for value in plan.tables.get(field.table or "", {}).values():
            is_text = isinstance(value, str)
            if is_text != (field.column is None) or (
                not is_text and field.column not in value
            ):
                raise MapUnusable(f"fields.{name}: the table has no {field.column!r}")


def _check_order(loaded: ImportMap) -> None:
    """Each name is used only where it is known: fields may use fields before them."""
    later = {"partner", "ref", *loaded.fields}
    later |= set() if loaded.partner.between else {"partner_name"}
    _refuse_early("order", _names_of_order(loaded), {*later, *OF_THE_PARTNER})
    _refuse_early("partner.us", set(names_in(loaded.partner.us or "")), later)
    for name, field in loaded.fields.items():
        used = {*names_in(field.text), *names_in(field.default or "")}
        _refuse_early(f"fields.{name}", used | names_of(field.when), later)
        later.discard(name)
    _refuse_early("partner.name", set(names_in(loaded.partner.name or "")), later)
    for rule in loaded.skip:
        _refuse_early(f"skip {rule.rule!r}", names_of(rule.when), {"partner", "ref"})


def _names_of_order(loaded: ImportMap) -> set[str]:
    order = loaded.order or Order()
    return {*names_in(order.by), *names_of(order.first)}


def _refuse_early(where: str, used: set[str], later: set[str]) -> None:
    if early := used & later:
        raise MapUnusable(f"{where} uses {min(early)!r} before it is known")


def _pair_words(loaded: ImportMap) -> tuple[str, ...]:
    return OF_THE_PAIR if loaded.partner.between else ()
