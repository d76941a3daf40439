"""What both services' applications are made of."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Depends, FastAPI

from services.foundation import probes, problems, telemetry, tracing
from services.foundation.access import Access, Keys, Pepper
from services.foundation.access.sessions import Sessions
from services.foundation.database import open_pool
from services.foundation.describing import Described
from services.foundation.describing import serving as document
from services.foundation.edge import Edge
from services.foundation.freshness import (
    Heard,
    Listener,
    Positions,
    Read,
    on_this_loop,
    telling,
)
from services.foundation.queries import only_known_parameters
from services.foundation.routing import only_own_path, spelled_out
from services.foundation.sealing import Keyring, Opener
from services.foundation.settings import Settings, SettingsError, load_settings
from services.foundation.sse import Pace, Streams
from services.foundation.stopping import told_to_stop

SWITCH_SECONDS: Final = 0.001
"""How long a thread may keep the interpreter: the writer must not wait for 5 ms."""


@dataclass(frozen=True, slots=True)
class Dsns:
    """Where the database is: for requests, and directly for LISTEN."""

    service: str
    direct: str
    prepared: bool = True


@dataclass(frozen=True, slots=True)
class Means:
    """What an application runs on: the database, and what opens doors and texts."""

    dsns: Dsns
    data_dir: Path
    pepper: Pepper
    keyring: Keyring
    requests_per_second: int
    body_seconds: float = 30.0
    log_requests: bool = False
    tracing: bool = False
    recording_url: str | None = None


Part = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def dsns_of(settings: Settings) -> Dsns:
    """The database of the settings; a service alone never starts its own."""
    if settings.dsn is None:
        sentence = "Set LEDGER_DSN, or run `alliance-ledger serve`."
        raise SettingsError(sentence)
    direct = settings.direct_dsn or settings.dsn
    return Dsns(settings.dsn, direct, not settings.is_pooled)


def means_of(settings: Settings, dsns: Dsns) -> Means:
    """What the settings give an application, with the database that they lead to."""
    return Means(
        dsns,
        settings.data_dir,
        Pepper.of(settings.pepper_path),
        Keyring.of(settings.kek_path),
        settings.requests_per_second,
        settings.body_seconds,
        settings.log_requests,
        settings.tracing,
        settings.recording_url,
    )


def new_app(
    title: str, means: Means | None, routers: Sequence[APIRouter], *parts: Part
) -> FastAPI:
    """An application of some routers; its parts run while it runs.

    Without `means` the settings are read when it starts, not when it is made.
    """
    traced = load_settings().tracing if means is None else means.tracing
    app = Described(
        title=title,
        version="1",
        lifespan=_lifespan(means, parts),
        dependencies=[Depends(only_own_path), Depends(only_known_parameters)],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        telemetry=tracing.ON if traced else tracing.OFF,
    )
    app.state.pace = Pace()
    for router in (*routers, probes.router, telemetry.router, document.router):
        app.include_router(router)
    app.state.spelled_out = spelled_out(app)
    problems.install(app)
    app.add_middleware(Edge)
    return app


def _lifespan(
    given: Means | None, parts: Sequence[Part]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        means = given or _alone()
        dsns = means.dsns
        pool = open_pool(
            dsns.service, min_size=2, max_size=16, name="api", prepared=dsns.prepared
        )
        app.state.pool = pool
        app.state.log_requests = means.log_requests
        app.state.recording_url = means.recording_url
        app.state.body_seconds = means.body_seconds
        app.state.data_dir, app.state.keyring = means.data_dir, means.keyring
        app.state.opener = Opener(pool, means.keyring)
        if means.tracing:
            tracing.trace_requests()
        _let_in(app, means)
        app.state.streams = Streams(app.state.pace)
        with told_to_stop(app.state.streams.end):
            async with _running(app, parts):
                listener = Listener(dsns.direct, app.state.heard)
                telemetry.settle_memory()
                yield
                listener.close()
        pool.close()

    return lifespan


def _alone() -> Means:
    """Set up a process that runs nothing but this application."""
    telemetry.write_logs()
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = load_settings()
    return means_of(settings, dsns_of(settings))


def _let_in(app: FastAPI, means: Means) -> None:
    """Who may come in; what is revoked anywhere is forgotten here."""
    pool, pepper = app.state.pool, means.pepper
    app.state.pepper, app.state.access = (
        pepper,
        Access(pool, pepper, means.requests_per_second),
    )
    app.state.keys, app.state.sessions = Keys(pool, pepper), Sessions(pool, pepper)
    heard: dict[str, Heard] = {"ledger_keys": on_this_loop(app.state.access.forget)}
    app.state.heard = heard


@asynccontextmanager
async def _running(app: FastAPI, parts: Sequence[Part]) -> AsyncIterator[None]:
    """Enter the parts in order, leave them in the reverse order."""
    if not parts:
        yield
        return
    async with parts[0](app), _running(app, parts[1:]):
        yield


@asynccontextmanager
async def serving(app: FastAPI, channel: str, read: Read) -> AsyncIterator[Positions]:
    """Positions that notifications on a channel keep fresh."""
    positions = Positions(app.state.pool, read)
    app.state.heard[channel] = telling(positions)
    waking = asyncio.create_task(positions.wake_followers())
    try:
        yield positions
    finally:
        waking.cancel()
