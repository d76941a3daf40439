"""Asking what was known of a partner at two cuts, and checking each of them."""

from typing import Any

import httpx2

from tests.e2e.asking import Json, problem, read


def changes(
    client: httpx2.Client, known_from: int | str, partner: str = "acme", /, **query: Any
) -> Json:
    """What changed since; the answer holds what each cut's own answers say."""
    since = known_from if isinstance(known_from, str) else f"position:{known_from}"
    path = f"/v1/partners/{partner}"
    body: Json = read(client, f"{path}/changes", known_from=since, **query)
    query.pop("known_to", None)
    for name in ("from", "to"):
        state = body["then" if name == "from" else "now"]
        cut = {"known_at": f"position:{body[f'known_{name}']}", "as_of": body["as_of"]}
        check(client, path, state, {**query, **cut})
    assert body["position"] == body["known_to"]
    return body


def check(client: httpx2.Client, path: str, state: Json | None, cut: Json) -> None:
    stages = client.get(f"{path}/stages", params=cut)
    if state is None:
        problem(stages, "not-found")
        return
    told = stages.json()
    for member in ("current", "history", "uncertain", "policy"):
        assert state[member] == told[member]
    cut = {name: value for name, value in cut.items() if name != "policy"}
    assert state["balance"] == read(client, f"{path}/balance", **cut)["items"]


def made(body: Json) -> list[tuple[int, str]]:
    return [(e["position"], e["type"]) for e in body["events"]]


def balance_of(body: Json) -> list[Json]:
    found: list[Json] = body["changed"]["balance"]
    return found
