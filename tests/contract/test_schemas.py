"""The committed JSON Schemas are current and say what the models say."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
)

from contracts.events import EventData
from contracts.schemas import FOLDER, as_text, event_schema, write_event_schemas
from services.ledger.api.schemas import schema_of
from tests.builders import EXAMPLES

every_type = pytest.mark.parametrize("name", sorted(EventData.catalogue))


def committed(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def validator(name: str) -> Draft202012Validator:
    schema = event_schema(EventData.catalogue[name])
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_committed_schemas_are_current(tmp_path: Path) -> None:
    write_event_schemas(tmp_path)
    assert committed(FOLDER / "events") == committed(tmp_path)


def test_writing_removes_the_schema_of_a_type_that_is_no_more(tmp_path: Path) -> None:
    (tmp_path / "HelpImagined.json").write_text("{}", encoding="utf-8")
    write_event_schemas(tmp_path)
    assert committed(tmp_path).keys() == EventData.catalogue.keys()


@every_type
def test_a_schema_is_named_by_where_it_is_served(name: str) -> None:
    schema = event_schema(EventData.catalogue[name])
    assert schema["$id"] == f"/v1/schemas/{name}"
    assert schema["description"]
    assert as_text(schema).endswith("}\n")


@every_type
def test_what_the_ledger_serves_is_the_committed_schema(name: str) -> None:
    assert schema_of(name) == event_schema(EventData.catalogue[name])


@every_type
@pytest.mark.parametrize("form", ["minimal", "full"])
def test_the_examples_fit_their_schema(name: str, form: str) -> None:
    validator(name).validate(EXAMPLES[name][form])


@every_type
def test_a_schema_refuses_what_the_model_refuses(name: str) -> None:
    full = EXAMPLES[name]["full"]
    required = event_schema(EventData.catalogue[name]).get("required", [])
    wrong: list[dict[str, Any]] = [{**full, "unknown": "member"}]
    wrong += [{**full, member: None} for member in full]
    wrong += [{**full, member: 0.5} for member in full]
    wrong += [{m: v for m, v in full.items() if m != left} for left in required]
    for data in wrong:
        assert not validator(name).is_valid(data)
        with pytest.raises(ValueError, match="validation error"):
            EventData.catalogue[name].model_validate(data)
