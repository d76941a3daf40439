"""The HTTP contract of both services, and that it is the application's own."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
    FormatChecker,
)

from contracts.saying import Said
from contracts.schemas import as_text
from services.cli.schemas import FILE, openapi
from services.foundation import probes
from services.foundation.access import may_admin, may_read, may_record
from services.foundation.describing.links import LINKS
from services.foundation.describing.operations import Operation, operations
from services.foundation.problems import ERRORS_TOLD, KINDS, Problem
from services.ledger import app as ledger
from services.projections import app as projections
from services.projections.answers.reminders import of_feed

DOCUMENT: Final = openapi()
OPERATIONS: Final = tuple(operations(DOCUMENT))
NAMED: Final = {each.name: each for each in OPERATIONS}
KEYED: Final = {may_read, may_record, may_admin, of_feed}


def routes() -> Iterator[APIRoute]:
    """The paths that a client may rely on."""
    for router in (*ledger.ROUTERS, *projections.ROUTERS, probes.router):
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                yield route


def calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls(inner)


def schema_of(fragment: dict[str, Any]) -> Draft202012Validator:
    """A validator of a part of the document, whose references it can follow."""
    whole = {**fragment, "components": DOCUMENT["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def shown(each: Operation) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Every example of an operation: where it stands, its schema, and itself."""
    for name, parameter in each.parameters.items():
        if "example" in parameter:
            yield f"parameter {name}", parameter["schema"], parameter["example"]
    bodies = [("request", each.content.get("requestBody", {}))]
    bodies += list(each.responses.items())
    for place, body in bodies:
        for kind, media in body.get("content", {}).items():
            if "example" in media:
                yield f"{place} {kind}", media["schema"], media["example"]


def test_the_committed_openapi_document_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text(DOCUMENT)


def test_every_path_of_the_application_is_in_the_document() -> None:
    served = {(r.path, m.lower()) for r in routes() for m in r.methods or ()}
    assert {(each.path, each.method) for each in OPERATIONS} == served


def test_each_service_alone_documents_its_own_paths_alike() -> None:
    for app in (ledger.create_app(), projections.create_app()):
        for each in operations(app.openapi()):
            together = dict(NAMED[each.name].content)
            assert without_links(each.content) == without_links(together)


def without_links(content: dict[str, Any]) -> dict[str, Any]:
    """A service alone knows fewer places to go on to."""
    responses = {
        status: {n: v for n, v in response.items() if n != "links"}
        for status, response in content["responses"].items()
    }
    return {**content, "responses": responses}


def test_operations_have_names_of_their_own() -> None:
    assert len(NAMED) == len(OPERATIONS)


def test_what_needs_a_key_says_so() -> None:
    for route in routes():
        each = NAMED[route.name]
        needs = bool(KEYED & set(calls(route.dependant)))
        assert each.needs_key == needs, each
        assert bool(each.content["security"]) == needs
        if needs:
            assert {"401", "403", "422", "429", "503"} <= each.responses.keys(), each


@pytest.mark.parametrize("each", OPERATIONS, ids=lambda each: each.name)
def test_every_answer_says_its_headers_and_its_form(each: Operation) -> None:
    for status, response in each.responses.items():
        assert "X-Request-ID" in response["headers"], status
        assert response["description"], status
        if status >= "400":
            assert set(response["content"]) == {"application/problem+json"}
            assert response["content"]["application/problem+json"]["examples"]
        elif status not in {"204", "304"}:
            assert all(media["schema"] for media in response["content"].values())


@pytest.mark.parametrize("each", OPERATIONS, ids=lambda each: each.name)
def test_every_answer_with_a_body_has_an_example_that_validates(
    each: Operation,
) -> None:
    found = list(shown(each))
    for place, schema, value in found:
        faults = [fault.message for fault in schema_of(schema).iter_errors(value)]
        assert not faults, (place, faults)
    wanted = {
        f"{status} {kind}"
        for status, response in each.responses.items()
        for kind in response.get("content", {})
        if status < "300" and kind != "application/schema+json"
    }
    assert wanted <= {place for place, _, _ in found}


WRONG: Final = ("", Said("is missing"))


def test_every_problem_validates_in_both_languages() -> None:
    validator = schema_of({"$ref": "#/components/schemas/ProblemAnswer"})
    for name, example in DOCUMENT["components"]["examples"].items():
        assert validator.is_valid(example["value"]), name
    for code in KINDS:
        problem = Problem(code, Said("See errors."), errors=[WRONG] * (ERRORS_TOLD + 1))
        english, japanese = problem.body("en"), problem.body("ja")
        assert validator.is_valid(english)
        assert validator.is_valid(japanese)
        assert str(english["title"]).isascii()
        assert not str(japanese["title"]).isascii()


def test_every_reference_leads_somewhere() -> None:
    for target in references(DOCUMENT):
        assert target.startswith("#/"), target
        found: Any = DOCUMENT
        for step in target.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def references(value: Any) -> Iterator[str]:
    """Every `$ref` of the document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def test_every_link_fits_the_operation_that_it_leads_to() -> None:
    for link in LINKS:
        assert link.status in NAMED[link.after].responses, link
        assert link.parameter in NAMED[link.to].parameters, link
