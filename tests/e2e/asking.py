"""How the end-to-end tests ask the service, and what they expect of its answers."""

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

import httpx2

Json = dict[str, Any]

STATUS: Final[Mapping[str, int]] = {
    "invalid": 422,
    "unauthorized": 401,
    "forbidden": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "conflict": 409,
    "version-mismatch": 412,
    "too-large": 413,
    "unsupported-media-type": 415,
    "idempotency-mismatch": 422,
    "too-many": 429,
    "not-yet": 503,
    "outcome-unknown": 503,
    "unavailable": 503,
}
MEMBERS: Final = {"type", "code", "status", "title", "detail", "errors"}


def fresh(word: str = "p") -> str:
    """A name that no other test uses."""
    return f"{word}-{uuid.uuid4().hex[:12]}"


def event(kind: str, on: str, /, **data: Any) -> Json:
    """A request to record one event."""
    return {"type": kind, "partner": on, "data": data}


def contact(on: str, /, **members: Any) -> Json:
    """A request that is always allowed on an identified partner."""
    return {**event("ContactMade", on, by="us", channel="phone"), **members}


def send(
    client: httpx2.Client, content: Any, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    """Post an event, or a list of them; lone surrogates travel as escapes."""
    return client.post(
        "/v1/events",
        content=json.dumps(content),
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def send_lines(
    client: httpx2.Client, lines: Iterable[Any], query: str = ""
) -> httpx2.Response:
    """Post a batch; lines that are texts go out as they are."""
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    return client.post(
        f"/v1/events/batch{query}",
        content="\n".join(texts),
        headers={"Content-Type": "application/x-ndjson"},
    )


def record(
    client: httpx2.Client, content: Any, headers: Mapping[str, str] | None = None
) -> Any:
    """Record what must be allowed; the answer's body."""
    answer = send(client, content, headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def say(client: httpx2.Client, kind: str, on: str, /, **data: Any) -> Json:
    """Record one event of a type; the recorded event."""
    recorded: Json = record(client, event(kind, on, **data))
    return recorded


def new_partner(client: httpx2.Client) -> str:
    """Identify a partner that no other test knows."""
    name = fresh()
    say(client, "PartnerIdentified", name, name=name.title())
    return name


def head(client: httpx2.Client) -> int:
    """The position of the newest event."""
    answer = client.get("/v1/events", params={"limit": 1, "order": "-position"})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return int(items[0]["position"]) if items else 0


def read(client: httpx2.Client, path: str, /, **query: Any) -> Any:
    """A derived answer that reflects all that was recorded so far."""
    answer = client.get(path, params={"min_position": head(client), **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def flaw_of(answer: httpx2.Response, code: str) -> str | None:
    """What is wrong with an answer that should be a problem of a code, if anything."""
    if answer.status_code != STATUS[code]:
        return f"{answer.status_code} instead of {STATUS[code]}: {answer.text[:300]}"
    if answer.headers["content-type"].split(";")[0] != "application/problem+json":
        return f"is {answer.headers['content-type']}"
    body = answer.json()
    expected = {"type": f"/problems/{code}", "code": code, "status": STATUS[code]}
    wrong = {n: body.get(n) for n, value in expected.items() if body.get(n) != value}
    if wrong or not body.keys() >= MEMBERS:
        return f"has {wrong or sorted(body)}"
    shapes = [set(fault) == {"pointer", "reason"} for fault in body["errors"]]
    return None if all(shapes) else f"has errors {body['errors']}"


def problem(answer: httpx2.Response, code: str) -> Json:
    """The body of an answer that must be a problem of a code."""
    flaw = flaw_of(answer, code)
    assert flaw is None, flaw
    body: Json = answer.json()
    return body


def pointers(body: Json) -> list[str]:
    """Where a problem says that the request is wrong."""
    return [fault["pointer"] for fault in body["errors"]]
