"""GET /v1/schemas: the shape of every type's data. Open to all."""

from functools import cache
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from contracts.answers import ProblemAnswer, SchemasAnswer
from contracts.events import EventData
from contracts.saying import Said
from contracts.schemas import event_schema
from services.foundation.answers import JSON, encode, negotiate
from services.foundation.problems import Problem

SCHEMA: Final = "application/schema+json"
router: Final = APIRouter(tags=["schemas"])
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    406: {"model": ProblemAnswer, "description": "No such format of the answer"},
}
OF_ONE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            JSON: {"schema": {"type": "object"}},
            SCHEMA: {"schema": {"type": "object"}},
        }
    },
    404: {"model": ProblemAnswer, "description": "No such type"},
}


@cache
def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of one type's data."""
    return event_schema(EventData.catalogue[name])


@router.get("/v1/schemas", response_model=SchemasAnswer, responses=PROBLEMS)
async def list_schemas(request: Request) -> Response:
    """The JSON Schema of every event type."""
    negotiate(request, (JSON,))
    items = [
        {"type": name, "schema": model.schema_number, "json_schema": schema_of(name)}
        for name, model in sorted(EventData.catalogue.items())
    ]
    return Response(encode({"items": items}), media_type=JSON)


@router.get("/v1/schemas/{type}", responses=PROBLEMS | OF_ONE)
async def get_schema(request: Request, type: str) -> Response:  # noqa: A002
    """The JSON Schema of one event type."""
    if type not in EventData.catalogue:
        raise Problem("not-found", Said("No such type; see /v1/schemas."))
    kind = negotiate(request, (SCHEMA, JSON))
    return Response(encode(schema_of(type)), media_type=kind)
