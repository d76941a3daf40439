"""What every request passes on its way in and out: an id, a measure, safe headers."""

import re
import secrets
import time
from typing import Any, Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.foundation.patience import InTime
from services.foundation.telemetry import REQUESTS, SECONDS

log = structlog.get_logger(__name__)
ID_HEADER: Final = "X-Request-ID"
_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_TRACE: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}.*")
NO_TRACE: Final = "0" * 32
METHODS: Final = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))
SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""What an answer says unless it says otherwise: nobody frames it or runs it."""
HTTPS_ONLY: Final = (b"strict-transport-security", b"max-age=31536000")


class Edge:
    """Names, measures and, if asked to, logs every request.

    Logs and metrics tell the route and never the path or the query: these may hold what
    somebody searches for. A request keeps the id and the trace that it comes with.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500
        named = _named(Headers(scope=scope))

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, scope, named["request_id"])
            await send(message)

        with structlog.contextvars.bound_contextvars(**named):
            try:
                limit = scope["app"].state.body_seconds
                await self._app(scope, InTime(receive, limit).receive, noting)
            finally:
                _note(scope, status, time.perf_counter() - begun)


def _note(scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    path = getattr(route, "path", "unknown")
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(method, path, status).inc()
    SECONDS.labels(path).observe(seconds)
    if scope["app"].state.log_requests:
        log.info(
            "answered",
            method=method,
            route=path,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


def _named(headers: Headers) -> dict[str, str]:
    """The id of a request, and the trace that it is part of."""
    sent = headers.get(ID_HEADER, "")
    named = {"request_id": sent if _ID.fullmatch(sent) else secrets.token_hex(8)}
    trace = _TRACE.fullmatch(headers.get("traceparent", ""))
    if trace is not None and trace[1] != NO_TRACE:
        named |= {"trace_id": trace[1], "parent_span_id": trace[2]}
    return named


def _add_headers(message: Message, scope: Scope, request_id: str) -> None:
    said = list(message.get("headers", ()))
    known = {name for name, _ in said}
    wanted = (*SAFE, HTTPS_ONLY) if scope.get("scheme") == "https" else SAFE
    said.append((b"x-request-id", request_id.encode()))
    message["headers"] = said + [pair for pair in wanted if pair[0] not in known]
