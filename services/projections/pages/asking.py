"""How a page asks: through the same HTTP contract as everybody else, in this process.

So a page shows what the API answers, to whom the API would answer it, and nothing else.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import httpx2
from fastapi import FastAPI, Request

from contracts.canonical import digest
from contracts.saying import Said
from services.foundation.access.permission import FORM_TOKEN
from services.foundation.access.sessions import COOKIE
from services.foundation.edge import ID_HEADER
from services.foundation.problems import Problem

WITHIN_SECONDS: Final = 35.0
SOON_SECONDS: Final = 2
HERE: Final = "http://here"
OF_LEDGER: Final = ("/v1/events", "/v1/schemas", "/v1/log/")
"""What the ledger service answers, which may be another process."""
NOWHERE: Final = 2**53
"""Beyond every position, and exact in a browser."""
Json = Any


def own_client(app: FastAPI, elsewhere: str | None = None) -> httpx2.AsyncClient:
    """A client of this application, or of the service at an address."""
    if elsewhere is not None:
        return httpx2.AsyncClient(base_url=elsewhere, timeout=WITHIN_SECONDS)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(
        transport=transport, base_url=HERE, timeout=WITHIN_SECONDS
    )


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its body, and its headers."""

    body: Json
    headers: Mapping[str, str]


class Asking:
    """Asks on behalf of whoever a request came from, a browser or a key."""

    def __init__(self, request: Request, language: str) -> None:
        self._request = request
        self._session = request.cookies.get(COOKIE, "")
        self._headers = {
            "Cookie": f"{COOKIE}={self._session}",
            "Accept": "application/json",
            "Accept-Language": language,
        }
        for name in (ID_HEADER, "Authorization"):
            if name in request.headers:
                self._headers[name] = request.headers[name]

    async def get(self, path: str, **asked: object) -> Json:
        """The body of an answer; a problem is raised as it is."""
        return (await self.tell(path, **asked)).body

    async def tell(self, path: str, **asked: object) -> Told:
        """The same with its headers."""
        params = _given(asked)
        answer = await self._client(path).get(
            path, params=params, headers=self._headers
        )
        told = _told(answer)
        self.reflect(told.headers.get("Ledger-Position"))
        return told

    def reflect(self, position: str | int | None) -> None:
        """Keep the position that all of the page reflects, for what keeps it fresh."""
        if position is not None:
            state = self._request.state
            state.reflects = min(int(position), getattr(state, "reflects", NOWHERE))

    async def text(self, path: str) -> str:
        """An answer that is a text."""
        headers = self._headers | {"Accept": "text/plain"}
        answer = await self._client(path).get(path, headers=headers)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise _problem(answer)
        return answer.text

    def _client(self, path: str) -> httpx2.AsyncClient:
        """A client of the service that answers a path."""
        state = self._request.app.state
        of_ledger = path.startswith(OF_LEDGER)
        client: httpx2.AsyncClient = state.recording if of_ledger else state.own
        return client

    async def all(self, *asked: tuple[str, Mapping[str, object]]) -> Sequence[Json]:
        """The bodies of several answers, asked for at the same time."""
        return await asyncio.gather(*(self.get(path, **more) for path, more in asked))

    async def record(self, content: Json, key: str | None = None) -> Told:
        """Record an event, or a list of which all or none are recorded."""
        client = self._client("/v1/events")
        token = self._request.app.state.pepper.form_token(self._session)
        headers = {**self._headers, FORM_TOKEN: token}
        if key is not None:
            headers["Idempotency-Key"] = digest(key)  # any text, as a header may hold
        told = _told(await client.post("/v1/events", json=content, headers=headers))
        await self._see(told)
        return told

    async def _see(self, recorded: Told) -> None:
        """Wait for a moment, so that the next page shows what was recorded."""
        items = recorded.body.get("items", [recorded.body])
        at = {"min_position": recorded.headers["Ledger-Position"], "wait": SOON_SECONDS}
        about = [quoted(partner) for partner in {item["partner"] for item in items}]
        reads = [
            self.get(path, **at, **more)
            for partner in about
            for path, more in (
                (f"/v1/partners/{partner}", {}),
                (f"/v1/partners/{partner}/balance", {}),
                ("/v1/wheel", {"partner": partner, "limit": 1}),
            )
        ]
        for told in await asyncio.gather(*reads, return_exceptions=True):
            if isinstance(told, BaseException) and not isinstance(told, Problem):
                raise told


def _given(asked: Mapping[str, object]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value not in (None, "")}


def quoted(part: str) -> str:
    """A part of a path as it is sent; what somebody typed may hold anything."""
    return quote(part, safe="")


def _told(answer: httpx2.Response) -> Told:
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise _problem(answer)
    return Told(answer.json(), answer.headers)


def _problem(answer: httpx2.Response) -> Problem:
    body = answer.json()
    errors = [(each["pointer"], Said(each["reason"])) for each in body["errors"]]
    more = {k: v for k, v in body.items() if k in {"dependents", "merged_into"}}
    return Problem(body["code"], Said(body["detail"]), errors=errors, **more)
