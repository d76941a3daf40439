"""Self-audits: asking for one, and what the newest came to."""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.occurrence import format_instant
from contracts.saying import Said
from services.foundation.access import Grant, may_admin, may_read
from services.foundation.answers import JSON, Answer, encode, negotiate, respond
from services.foundation.describing.shared import refer
from services.foundation.problems import Problem
from services.projections.answers.documentation import PROBLEMS, UNKNOWN
from services.projections.answers.models.verifications import (
    VerificationAnswer,
    VerificationRequestedAnswer,
)
from services.projections.audit import results

ACCEPTED: Final = 202
LATEST: Final = "/v1/verifications/latest"
router: Final = APIRouter(tags=["verifications"])
Seed = Annotated[
    int | None,
    Query(ge=0, lt=results.SEEDS, description="Chooses what to look at."),
]
RESPONSES: Final = PROBLEMS | {
    202: {
        "description": "A worker does it; its result will have this id",
        "headers": refer(("Location",)),
    }
}


@router.post(
    "/v1/verifications",
    status_code=ACCEPTED,
    response_model=VerificationRequestedAnswer,
    responses=RESPONSES,
)
def post_verification(
    request: Request,
    grant: Annotated[Grant, Depends(may_admin)],
    seed: Seed = None,
) -> Response:
    """Have the ledger checked against itself; a worker does it within seconds.

    One that waits or is under way is answered instead of a second one. The result is
    there once the newest has this id.
    """
    negotiate(request, (JSON,))
    with request.app.state.pool.connection() as connection:
        asked = results.request(connection, grant.ledger, seed)
    body = {
        "id": asked.id,
        "seed": asked.seed,
        "requested_at": format_instant(asked.requested_at),
    }
    headers = {"Location": LATEST}
    return Response(encode(body), ACCEPTED, headers, media_type=JSON)


@router.get(LATEST, response_model=VerificationAnswer, responses=PROBLEMS | UNKNOWN)
def get_latest(
    request: Request, grant: Annotated[Grant, Depends(may_read)]
) -> Response:
    """What the newest self-audit looked at, and what it found."""
    with request.app.state.pool.connection() as connection:
        found = results.latest(connection, grant.ledger)
    if found is None:
        detail = Said(
            "No self-audit has ended yet; POST /v1/verifications asks for one."
        )
        raise Problem("not-found", detail)
    times = {
        "started_at": format_instant(found.started_at),
        "finished_at": format_instant(found.finished_at),
    }
    return respond(request, Answer(asdict(found) | times, found.position))
