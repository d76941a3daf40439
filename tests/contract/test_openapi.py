"""The HTTP contract of both services, made one document."""

import pytest

from contracts.schemas import as_text
from services.cli.openapi import ClashError, Document, merged
from services.cli.schemas import FILE, openapi


def document(title: str, *paths: str, **schemas: Document) -> Document:
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "paths": {path: {"get": {"summary": "Answers."}} for path in paths},
        "components": {"schemas": schemas},
        "tags": [{"name": title}, {"name": "probes"}],
    }


def test_both_services_are_one_document_titled_by_the_first() -> None:
    ledger = document("Ledger", "/v1/events", "/livez", Event={"type": "object"})
    projections = document("Answers", "/v1/partners", "/livez", Row={"type": "array"})
    both = merged(ledger, projections)
    assert both["info"]["title"] == "Ledger"
    assert set(both["paths"]) == {"/v1/events", "/v1/partners", "/livez"}
    assert set(both["components"]["schemas"]) == {"Event", "Row"}
    assert [tag["name"] for tag in both["tags"]] == ["Ledger", "probes", "Answers"]


def test_merging_changes_neither_document() -> None:
    ledger, projections = document("A", "/a"), document("B", "/b")
    merged(ledger, projections)
    assert (ledger, projections) == (document("A", "/a"), document("B", "/b"))


def test_a_component_that_both_describe_differently_is_refused() -> None:
    with pytest.raises(ClashError):
        merged(document("A", X={"type": "object"}), document("B", X={"type": "null"}))


def test_a_document_may_have_no_components() -> None:
    assert merged({"paths": {"/a": {}}}, {"paths": {"/b": {}}}) == {
        "paths": {"/a": {}, "/b": {}}
    }


def test_the_committed_openapi_document_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text(openapi())
