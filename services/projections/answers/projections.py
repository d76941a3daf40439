"""How far the projections are."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from contracts.canonical import Json
from services.foundation.access import Grant, may_read
from services.foundation.answers import Answer, respond_list
from services.foundation.database import statement
from services.projections.answers.documentation import PROBLEMS
from services.projections.answers.models.projections import ProjectionsAnswer

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["projections"])


@router.get("/v1/projections", response_model=ProjectionsAnswer, responses=PROBLEMS)
def get_projections(
    request: Request, grant: Annotated[Grant, Depends(may_read)]
) -> Response:
    """Every projection: its version, how far it is, and why it stopped if it did."""
    with request.app.state.pool.connection() as connection:
        parameters = {"ledger": grant.ledger}
        rows = connection.execute(statement(HERE, "projections"), parameters).fetchall()
    items = [_projection(row) for row in rows]
    position = min((item["position"] for item in items), default=0)
    return respond_list(request, Answer({"items": items}, position))


def _projection(row: tuple[Any, ...]) -> dict[str, Json]:
    name, version, generation, position, head, error, halted_at, lag, event = row
    return {
        "name": name,
        "version": version,
        "generation": generation,
        "position": position,
        "head": head,
        "lag": {"events": head - position, "seconds": round(float(lag or 0), 3)},
        "state": "halted" if error else "live",
        "progress": round(position / head, 4) if head else 1.0,
        "last_error": error,
        "halted_at": halted_at,
        "halted_event": event,
    }
