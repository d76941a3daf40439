"""What every read refuses: parameters that it does not know, or gets twice."""

from typing import Annotated, Any, Final

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import ParamTypes
from pydantic import AfterValidator, StringConstraints

from contracts.occurrence import DateText
from contracts.saying import Said
from services.foundation.problems import Problem

_KNOWN: Final[dict[int, dict[str, bool]]] = {}


async def only_known_parameters(request: Request) -> None:
    """A dependency of every path: unknown or repeated query parameters are 422.

    Except on pages, whose addresses people type, and other sites add to.
    """
    route: Any = request.scope.get("route")
    if not request.scope["query_string"] or not route.include_in_schema:
        return
    known = _parameters_of(route)
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in known:
            names = ", ".join(sorted(known)) or "-"
            reason = Said("unknown parameter; known are {names}", names=names)
            raise Problem("invalid", Said("See errors."), errors=[("/query", reason)])
        if name in seen and not known[name]:
            errors = [(f"/query/{name}", Said("is given twice"))]
            raise Problem("invalid", Said("See errors."), errors=errors)
        seen.add(name)


def _parameters_of(route: Any) -> dict[str, bool]:
    """The query parameters of a route, and whether each may repeat."""
    if id(route) not in _KNOWN:
        fields = get_flat_params(route.dependant)
        _KNOWN[id(route)] = {
            field.alias: "list" in str(field.field_info.annotation)
            for field in fields
            if getattr(field.field_info, "in_", None) == ParamTypes.query
        }
    return _KNOWN[id(route)]


def _without_nul(text: str) -> str:
    if "\0" in text:
        reason = Said("must not hold U+0000")
        raise ValueError(reason)
    return text


QueryText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4000),
    AfterValidator(_without_nul),
]
QueryDate = DateText
