"""The application with one route more: as much work as recording, but no recording.

Run as a program it serves the database of LEDGER_DSN the way `serve` does, and prints
its port.
"""

import socket
import sys
from typing import Annotated

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Request, Response

from services.cli.running import one_port
from services.foundation.access import Grant, may_record
from services.foundation.serving import SWITCH_SECONDS, Means, dsns_of, means_of
from services.foundation.settings import load_settings
from services.ledger.intake import bodies

ROUTE = "/v1/noop"
router = APIRouter()


@router.post(ROUTE, status_code=201)
async def do_nothing(
    request: Request, grant: Annotated[Grant, Depends(may_record)]
) -> Response:
    """Check the key, read the body, answer."""
    await bodies.read_body(request, bodies.BODY_BYTES)
    return Response(b"{}", 201, {"Ledger": grant.ledger}, "application/json")


def create_app(means: Means) -> FastAPI:
    """Both services and the no-op, found as quickly as recording is."""
    app = one_port(means)
    app.include_router(router)
    routes = app.router.routes
    routes.insert(0, routes.pop())
    return app


def main() -> None:
    """Serve until SIGTERM."""
    settings = load_settings(None)
    means = means_of(settings, dsns_of(settings))
    sys.setswitchinterval(SWITCH_SECONDS)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(means),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
