"""What derived answers may also say, for the OpenAPI document."""

from typing import Any, Final

from contracts.answers import ProblemAnswer
from services.foundation.describing.shared import refer

Responses = dict[int | str, dict[str, Any]]
PROBLEMS: Final[Responses] = {
    status: {"model": ProblemAnswer, "description": description}
    for status, description in (
        (401, "No valid key"),
        (403, "The key lacks the scope"),
        (406, "No such format of the answer"),
        (422, "A parameter is not valid"),
        (503, "Not up to date in time, or the database does not answer"),
    )
}
UNKNOWN: Final[Responses] = {
    404: {"model": ProblemAnswer, "description": "Not known at the cut"},
}
"""Of paths that are asked about one partner or thing."""
ROWS: Final[Responses] = {
    200: {
        "content": {
            "application/x-ndjson": {"schema": {"type": "string"}},
            "text/csv": {"schema": {"type": "string"}},
        }
    }
}
"""Of lists, which are also there as lines."""
SPOKEN: Final[Responses] = {
    status: {"description": description, "headers": refer(("Content-Language",))}
    for status, description in (
        (200, "With reasons in the language of the client"),
        (304, "Unchanged since the entity tag that was sent"),
    )
}
"""Of answers that explain something in words."""
