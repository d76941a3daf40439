"""`python -m tests.e2e.examples` asks a ledger with the sample story for examples.

What it answers goes, shortened, into the OpenAPI document.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx2

from contracts.schemas import FOLDER, as_text
from services.cli.demo import COMPARED, load_story
from services.cli.running import Service
from services.cli.schemas import openapi
from services.foundation.describing.examples import FILE, STORED
from services.foundation.describing.operations import Operation, operations
from services.foundation.settings import load_settings
from tests.e2e.asking import head
from tests.running import RunningService, running_service

PARTNER: Final = "asanagi-works"
MOST_ITEMS: Final = 2
ONE: Final = {
    "type": "ContactMade",
    "partner": PARTNER,
    "occurred_at": "2026-03-05",
    "data": {"by": "partner", "channel": "phone", "minutes": 20},
}
LINE: Final = {**ONE, "key": "visit-1"}
AS_REBUILT: Final = {"post_rollback", "post_resume"}
"""What they answer looks like the answer to a rebuild, and needs a past of its own."""
SENT: Final[dict[str, Any]] = {
    "record": {"json": ONE},
    "record_batch": {
        "content": json.dumps(LINE),
        "headers": {"Content-Type": "application/x-ndjson"},
    },
    "create_key": {"json": {"name": "newsletter", "scopes": ["record"]}},
}


def write_examples() -> None:
    """Start a ledger, tell it the story, and write down what it answers."""
    with running_service() as service:
        load_story(Service(service.url, service.key), load_settings(None))
        found = {each.name: told for each, told in _told(service)}
    text = as_text(found)
    (FOLDER / FILE).write_text(text, encoding="utf-8")


def _told(service: RunningService) -> Iterator[tuple[Operation, dict[str, Any]]]:
    client = service.client
    for path in ("/v1/partners", "/v1/balances"):
        client.get(path, params={"min_position": head(client)}).raise_for_status()
    _wait_for_proofs(client)
    known = _parameters(client)
    for each in operations(openapi()):
        if each.name.startswith("stream_"):
            continue
        wanted = known.get(each.name, {})
        chosen = {n: wanted[n] for n in each.parameters if n in wanted}
        yield each, {"parameters": chosen, "answers": _answers(client, each, chosen)}


def _wait_for_proofs(client: httpx2.Client) -> None:
    """A head is signed, and a self-audit has ended: both within seconds."""
    client.post("/v1/verifications").raise_for_status()
    for path in ("/v1/log/checkpoint", "/v1/verifications/latest"):
        while client.get(path).status_code == httpx2.codes.NOT_FOUND:
            client.get("/v1/events", params={"limit": 1})


def _parameters(client: httpx2.Client) -> dict[str, dict[str, Any]]:
    """Of each operation: the parameters that its example is asked with."""
    event = client.get("/v1/events", params={"partner": PARTNER}).json()["items"][0]
    alliance = client.get("/v1/alliances").json()["items"][0]["alliance"]
    of_all = {
        "partner": PARTNER,
        "partners": COMPARED,
        "alliance": alliance,
        "type": "ContactMade",
        "name": "postings",
        "position": 1,
    }
    some = (
        "list_events",
        "get_balances",
        "get_offers",
        "get_commitments",
        "get_partners",
    )
    found = {each.name: dict(of_all) for each in operations(openapi())}
    found["get_event"] = {"id": event["id"]}
    found["revoke_key"] = {"id": client.get("/v1/keys").json()["items"][0]["id"]}
    found["prove_consistency"] = {"from": 1}
    found["get_changes"] = {"partner": PARTNER, "known_from": "position:1"}
    return found | {name: {"limit": MOST_ITEMS} for name in some}


def _answers(
    client: httpx2.Client, each: Operation, chosen: dict[str, Any]
) -> dict[str, Any]:
    status, response = next(
        (s, r) for s, r in each.responses.items() if s.startswith("2")
    )
    if each.name in AS_REBUILT:
        each = next(e for e in operations(openapi()) if e.name == "post_rebuild")
    kinds = [kind for kind in response.get("content", ()) if kind in STORED]
    told = {kind: _ask(client, each, chosen, kind) for kind in kinds}
    return {status: told} if told else {}


def _ask(
    client: httpx2.Client, each: Operation, chosen: dict[str, Any], kind: str
) -> Any:
    path = each.path.format(**chosen)
    query = {n: v for n, v in chosen.items() if each.parameters[n]["in"] == "query"}
    sent = SENT.get(each.name, {})
    headers = {"Accept": kind, **sent.get("headers", {})}
    asked = {**sent, "headers": headers, "params": query}
    answer = client.request(each.method.upper(), path, **asked)
    answer.raise_for_status()
    if kind == "application/json":
        return _shortened(answer.json())
    return "".join(answer.text.splitlines(keepends=True)[: MOST_ITEMS + 1])


def _shortened(value: Any) -> Any:
    if isinstance(value, list):
        return [_shortened(item) for item in value[:MOST_ITEMS]]
    if isinstance(value, dict):
        secret = {"key": "al.default.shown-this-once"} if "key" in value else {}
        return {n: _shortened(item) for n, item in value.items()} | secret
    return value


if __name__ == "__main__":
    write_examples()
