"""Reading what was just recorded: positions, waiting, and not sending it twice."""

import time
from typing import Any

import httpx2
import pytest

from tests.e2e.asking import contact, event, head, new_partner, problem, record, say

DERIVED = ("/v1/balances", "/v1/offers", "/v1/commitments", "/v1/partners")
READS = (*DERIVED, "/v1/events")
YEN = {"amount": "150000", "unit": "JPY"}


def ask(client: httpx2.Client, path: str, /, **query: Any) -> httpx2.Response:
    return client.get(path, params=query)


@pytest.mark.parametrize("path", READS)
def test_an_answer_reflects_at_least_the_position_asked_for(
    client: httpx2.Client, partner: str, path: str
) -> None:
    position = record(client, contact(partner))["position"]
    answer = ask(client, path, min_position=position)
    assert answer.status_code == 200
    assert int(answer.headers["Ledger-Position"]) >= position


def test_a_new_partner_is_seen_at_once_by_who_waits_for_it(
    client: httpx2.Client,
) -> None:
    for _ in range(10):
        name = new_partner(client)
        answer = ask(client, f"/v1/partners/{name}/balance", min_position=head(client))
        assert answer.status_code == 200
        assert answer.json()["partner"] == name


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("wait", ["0", "0.2"])
def test_what_is_not_reached_in_time_is_not_yet(
    client: httpx2.Client, path: str, wait: str
) -> None:
    began = time.monotonic()
    answer = ask(client, path, min_position=head(client) + 1000, wait=wait)
    problem(answer, "not-yet")
    assert float(wait) <= time.monotonic() - began < float(wait) + 2


def test_a_reader_that_waits_is_answered_when_it_is_recorded(
    client: httpx2.Client, partner: str
) -> None:
    wanted = head(client)
    record(client, contact(partner))
    began = time.monotonic()
    answer = ask(client, "/v1/balances", min_position=wanted + 1, wait=30)
    assert answer.status_code == 200
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", READS)
def test_30_seconds_is_the_longest_wait(client: httpx2.Client, path: str) -> None:
    assert ask(client, path, min_position=1, wait=30).status_code == 200
    for wait in ("30.5", "31", "600"):
        problem(ask(client, path, min_position=1, wait=wait), "invalid")


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/partners/{}/balance", "/v1/partners/{}/postings", "/v1/balances"),
        *("/v1/offers", "/v1/commitments", "/v1/partners"),
    ],
)
def test_an_answer_that_the_client_has_is_not_sent_again(
    client: httpx2.Client, partner: str, path: str
) -> None:
    offer = event("HelpOffered", partner, by="us", kind="space", quantity=YEN)
    position = record(client, offer)["position"]
    query = {"min_position": position}
    first = ask(client, path.format(partner), **query)
    tag = first.headers["ETag"]
    held = {"If-None-Match": tag}
    again = client.get(path.format(partner), params=query, headers=held)
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == tag


def test_an_answer_that_changed_is_sent(client: httpx2.Client, partner: str) -> None:
    path = f"/v1/partners/{partner}/balance"
    tag = ask(client, path, min_position=head(client)).headers["ETag"]
    say(client, "HelpOffered", partner, by="us", kind="space")
    query, held = {"min_position": head(client)}, {"If-None-Match": tag}
    answer = client.get(path, params=query, headers=held)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag


def test_a_tag_is_strong_or_weak_quoted_text(client: httpx2.Client) -> None:
    tag = ask(client, "/v1/balances", min_position=head(client)).headers["ETag"]
    assert tag.removeprefix("W/").startswith('"')
    for sent in (f'"other", {tag}', f"W/{tag.removeprefix('W/')}", "*"):
        held = {"If-None-Match": sent}
        assert client.get("/v1/balances", headers=held).status_code == 304
    for sent in ('"other"', "garbage", ""):
        held = {"If-None-Match": sent}
        assert client.get("/v1/balances", headers=held).status_code == 200


def test_each_projection_tells_how_far_it_is(
    client: httpx2.Client, partner: str
) -> None:
    position = record(client, contact(partner))["position"]
    ask(client, "/v1/balances", min_position=position)
    items = ask(client, "/v1/projections").json()["items"]
    assert "postings" in {p["name"] for p in items}
    for projection in items:
        assert projection.keys() >= {"name", "version", "position", "head", "state"}
        assert projection["state"] == "live"
    postings = next(p for p in items if p["name"] == "postings")
    assert postings["position"] >= position


def test_a_cut_answers_the_same_for_ever(client: httpx2.Client, partner: str) -> None:
    path = f"/v1/partners/{partner}/balance"
    say(client, "HelpOffered", partner, by="us", kind="space", quantity=YEN)
    cut = {"known_at": f"position:{head(client)}", "as_of": "2030-01-01"}
    before = ask(client, path, min_position=head(client), **cut).json()
    say(client, "HelpOffered", partner, by="us", kind="space", quantity=YEN)
    after = ask(client, path, min_position=head(client), **cut).json()
    assert after == before
