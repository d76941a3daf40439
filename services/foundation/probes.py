"""Whether a process lives, and whether it can serve."""

from typing import Any, Final

import structlog
from fastapi import APIRouter, Request, Response
from psycopg import Error
from psycopg_pool import PoolTimeout

from contracts.answers import HealthAnswer, ProblemAnswer
from contracts.saying import Said
from services.foundation.answers import JSON, encode
from services.foundation.database import statement
from services.foundation.migrations.runner import FOLDER, read_folder
from services.foundation.problems import Problem

HERE: Final = "services.foundation"
SECONDS: Final = 2.0
NOT_READY: Final[dict[int | str, dict[str, Any]]] = {
    503: {"model": ProblemAnswer, "description": "Not yet, or the database is away"},
}
router: Final = APIRouter(tags=["probes"])
log = structlog.get_logger(__name__)


@router.get("/livez", response_model=HealthAnswer)
async def livez() -> Response:
    """The process lives."""
    return Response(encode({"status": "alive"}), media_type=JSON)


@router.get("/readyz", response_model=HealthAnswer, responses=NOT_READY)
def readyz(request: Request) -> Response:
    """The database answers and has every migration."""
    wanted = max(migration.number for migration in read_folder(FOLDER))
    try:
        with request.app.state.pool.connection(SECONDS) as connection:
            row = connection.execute(statement(HERE, "newest_migration")).fetchone()
    except (Error, PoolTimeout) as error:
        log.warning("not_ready", error=type(error).__name__)
        raise Problem("unavailable", Said("The database does not answer.")) from None
    if row is None or row[0] is None or row[0] < wanted:
        raise Problem("unavailable", Said("Run `alliance-ledger migrate` first."))
    return Response(encode({"status": "ready"}), media_type=JSON)
