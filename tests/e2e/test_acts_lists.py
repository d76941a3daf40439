"""Rhythm, wheel, breadth and late facts as lists: pages, formats, bad questions."""

import csv
import io
from collections.abc import Iterator

import httpx2
import pytest

from services.foundation.answers import pack_cursor
from tests.e2e.acts_story import PATHS, contact, identify, ledger_of, tell
from tests.e2e.asking import Json, head, problem, read, record, say
from tests.e2e.test_bad_questions import BAD_NUMBERS, BAD_TIMES, complaints
from tests.e2e.test_paging import pages
from tests.running import RunningService


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which the story was told."""
    with ledger_of(service) as client:
        tell(client)
        yield client


@pytest.fixture
def alone(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which nothing has happened."""
    with ledger_of(service) as client:
        yield client


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/v1/rhythm?as_of=2014-12&months=5&", 0),
        ("/v1/rhythm?as_of=2014-12&", 24),
        ("/v1/rhythm?as_of=2014-12&partner=birch&", 12),
        ("/v1/wheel?as_of=2014-12&", 7),
        ("/v1/wheel?as_of=2014-12&from=2014-03&", 4),
        ("/v1/wheel?as_of=2014-12&partner=acme&", 4),
        ("/v1/breadth?as_of=2014-12&", 12),
        ("/v1/late?days=1&", 11),
        ("/v1/late?days=1&partner=acme&", 6),
    ],
)
def test_pages_hold_each_row_once_and_in_order(
    told: httpx2.Client, address: str, expected: int
) -> None:
    address = f"{address}min_position={head(told)}&limit="
    whole = told.get(f"{address}1000").json()["items"]
    assert len(whole) == expected
    for limit in (1, 3, 12):
        found = pages(told, f"{address}{limit}")
        assert all(len(page) <= limit for page in found)
        assert [item for page in found for item in page] == whole


def test_a_cursor_keeps_both_clocks(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    record(alone, [contact("2014-03-05", "acme"), contact("2014-03-06", "birch")])
    query: Json = {"min_position": head(alone), "limit": 1, "from": "2014"}
    first = alone.get("/v1/wheel", params=query)
    say(alone, "GoalAsked", "birch", by="us")
    assert "next" not in first.links
    first = alone.get("/v1/late", params={"limit": 1})
    record(alone, contact("2014-03-07", "acme"))
    read(alone, "/v1/late")
    following = pages(alone, first.links["next"]["url"])
    days = [item["occurred_at"] for page in following for item in page]
    assert days == ["2013", "2014-03-05", "2014-03-06"]
    second = alone.get(first.links["next"]["url"])
    assert second.json()["as_of"] == first.json()["as_of"]
    assert second.json()["position"] == first.json()["position"]


@pytest.mark.parametrize("path", PATHS)
def test_lists_are_also_csv_and_ndjson(told: httpx2.Client, path: str) -> None:
    query: Json = {"as_of": "2014-12", "min_position": head(told)}
    asked = told.get(path, params=query, headers={"Accept": "text/csv"})
    assert asked.headers["content-type"].startswith("text/csv")
    items = told.get(path, params=query).json()["items"]
    table = list(csv.DictReader(io.StringIO(asked.text)))
    assert table == [
        {name: "" if value is None else str(value) for name, value in item.items()}
        for item in items
    ]
    lines = told.get(path, params=query, headers={"Accept": "application/x-ndjson"})
    assert len(lines.text.splitlines()) == len(items)
    refused = told.get(path, params=query, headers={"Accept": "text/html"})
    problem(refused, "not-acceptable")


@pytest.mark.parametrize("path", PATHS)
def test_an_unchanged_answer_is_not_sent_again(told: httpx2.Client, path: str) -> None:
    query: Json = {"as_of": "2014-12", "min_position": head(told)}
    answer = told.get(path, params=query)
    assert answer.headers["Ledger-Position"] == str(head(told))
    same = {"If-None-Match": answer.headers["ETag"]}
    assert told.get(path, params=query, headers=same).status_code == 304


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_ledger_has_empty_answers(alone: httpx2.Client, path: str) -> None:
    items = alone.get(path).json()["items"]
    if path == "/v1/breadth":
        assert len(items) == 12
        items = [item for item in items if item["partners"] or item["people"]]
    assert items == []


def test_questions_that_make_no_sense_are_invalid(client: httpx2.Client) -> None:
    cursors = ("", "x", "e30", "W10", "!!!", "eyJtb250aCI6IjIwMTQtMDMifQ")
    questions = [
        *(f"{path}?limit={n}" for path in PATHS for n in BAD_NUMBERS),
        *(f"{path}?as_of={t}" for path in PATHS for t in BAD_TIMES),
        *(f"{path}?cursor={c}" for path in PATHS for c in cursors),
        *(f"{path}?wait=31" for path in PATHS),
        *(f"{path}?known_at=2014" for path in PATHS),
        *(f"{path}?limit=1&limit=2" for path in PATHS),
        *(f"/v1/rhythm?months={n}" for n in (*BAD_NUMBERS, "121") if n != "1001"),
        *(f"/v1/late?days={n}" for n in (*BAD_NUMBERS, "4000001") if n != "1001"),
        *(f"{path}?from={t}" for path in PATHS[1:3] for t in BAD_TIMES),
        *(
            f"{path}?partner={name}"
            for path in ("/v1/rhythm", "/v1/wheel", "/v1/late")
            for name in ("", "%00", "A", "a" * 65, "_ledger", "a/b")
        ),
        "/v1/breadth?partner=acme",
    ]
    assert not complaints(client, questions)


def test_cursors_made_up_are_refused_or_harmless(told: httpx2.Client) -> None:
    shapes: dict[str, Json] = {
        "/v1/rhythm": {"partner": "x", "month": "y"},
        "/v1/wheel": {"month": "2014-13", "act": "a", "kind": "", "by": ""},
        "/v1/breadth": {"month": "y"},
        "/v1/late": {"days": 10**40, "position": -(10**40)},
    }
    for path, place in shapes.items():
        for as_of, top in (("2014-03-05T00:00:00Z", 10**40), ("2014", 1), ("x", -1)):
            cursor = pack_cursor({"as_of": as_of, "top": top, **place})
            answer = told.get(path, params={"cursor": cursor})
            assert answer.status_code in {200, 422}, answer.text
            if answer.status_code == 422:
                problem(answer, "invalid")


def test_a_partner_that_is_not_known_is_not_found(client: httpx2.Client) -> None:
    for path in ("/v1/rhythm", "/v1/wheel", "/v1/late"):
        problem(client.get(path, params={"partner": "nobody-knows"}), "not-found")


def test_reading_needs_the_scope(service: RunningService, recording_key: str) -> None:
    with service.with_key(recording_key) as recorder, service.anonymous() as nobody:
        for path in PATHS:
            problem(recorder.get(path), "forbidden")
            problem(nobody.get(path), "unauthorized")
