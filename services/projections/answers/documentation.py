"""What every derived answer may also say, for the OpenAPI document."""

from typing import Any, Final

from contracts.answers import ProblemAnswer

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "Unchanged since the entity tag that was sent"},
    **{
        status: {"model": ProblemAnswer, "description": description}
        for status, description in (
            (401, "No valid key"),
            (403, "The key lacks the scope"),
            (404, "Not known at the cut"),
            (406, "No such format of the answer"),
            (422, "A parameter is not valid"),
            (503, "Not up to date in time, or the database does not answer"),
        )
    },
}
