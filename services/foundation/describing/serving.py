"""GET /openapi.json: the document as it was generated and committed."""

from functools import cache
from importlib import resources
from typing import Final

from fastapi import APIRouter, Response

router: Final = APIRouter(include_in_schema=False)


@cache
def _document() -> bytes:
    return resources.files("contracts.schemas").joinpath("openapi.json").read_bytes()


@router.get("/openapi.json")
async def get_document() -> Response:
    """The HTTP contract of both services.

    Making it takes a second of the interpreter, which requests would wait for.
    """
    return Response(_document(), media_type="application/json")
