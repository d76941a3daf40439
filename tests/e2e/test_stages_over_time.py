"""How many partners were in each stage over time, over HTTP."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.acts_story import contact, identify, ledger_of, on
from tests.e2e.alliance_story import agree
from tests.e2e.asking import Json, event, head, read, record, say
from tests.e2e.bad_values import MARKER
from tests.e2e.test_bad_questions import BAD_NUMBERS, BAD_TIMES, complaints
from tests.e2e.test_paging import pages
from tests.e2e.test_proposals import EASY, grow
from tests.running import RunningService

PATH = "/v1/stages"
NAMES = ("acme", "birch", "cedar", "dune", "elm")
STAGES = (
    *("identified", "acquainted", "exploring", "helping", "reciprocal"),
    *("ready", "allied", "compounding", "ended"),
)


def tell(client: httpx2.Client) -> None:
    """Five partners; the last of them was merged into the first."""
    identify(client, *NAMES)
    taro: Json = {"side": "us", "name": "Taro", "person": "taro"}
    say(client, "StagePolicyPublished", "_ledger", **EASY)
    say(client, "PersonAdded", "_ledger", **taro)
    record(
        client,
        [
            *grow("acme"),
            agree("2014-05-01", "acme", ends="2014-08-10"),
            *(contact("2014-01-31T23:59:59.999999Z", name) for name in NAMES[1:3]),
            *(contact(f"2014-02-0{day}", "birch") for day in (1, 2)),
            on("2014-03", event("RelationshipBrokenOff", "birch", by="us", reason="x")),
            contact("2014-05-10", "birch"),
            on("2014-02-10", event("GroupJoined", "acme", group="chapter")),
            on("2014-02-10", event("GroupJoined", "cedar", group="chapter")),
            on("2014-06-10", event("GroupLeft", "cedar", group="chapter")),
            on("2014-06-10", event("OwnerAssigned", "dune", person="taro")),
            contact("2013-06-05", "elm"),
        ],
    )
    say(client, "PartnerMerged", "elm", into="acme", reason="The same company.")


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger of Tokyo in which the story was told."""
    with ledger_of(service, "Asia/Tokyo") as client:
        tell(client)
        yield client


def months(client: httpx2.Client, /, **query: Any) -> dict[str, Json]:
    """By month, the stages that somebody is in."""
    items = read(client, PATH, **query)["items"]
    return {item["month"]: {s: item[s] for s in STAGES if item[s]} for item in items}


def counted(client: httpx2.Client, names: tuple[str, ...], as_of: str) -> Json:
    """The same, partner by partner."""
    found = Counter[str]()
    for name in names:
        current = read(client, f"/v1/partners/{name}/stages", as_of=as_of)["current"]
        found.update([current["stage"]] if current else [])
    return {stage: found[stage] for stage in STAGES if found[stage]}


def test_each_month_counts_the_stages_as_they_were_at_its_end(
    told: httpx2.Client,
) -> None:
    found = months(told, as_of="2014-12-15T12:00:00Z", limit=1000)
    assert next(iter(found)) == "2013-01"
    assert list(found)[-1] == "2014-12"
    for month, stages in found.items():
        as_of = "2014-12-15T12:00:00Z" if month == "2014-12" else month
        assert stages == counted(told, NAMES[:4], as_of), month
    assert {"allied", "ended", "ready"} <= {s for of in found.values() for s in of}


def test_a_month_ends_in_the_ledgers_zone(told: httpx2.Client) -> None:
    found = months(told, as_of="2014-02", **{"from": "2014-01-20"})
    # 23:59:59Z on the last of January is February in Tokyo.
    assert found["2014-01"] == {"identified": 3, "acquainted": 1}
    assert list(found) == ["2014-01", "2014-02"]


def test_the_last_month_is_counted_as_of_the_question(told: httpx2.Client) -> None:
    assert months(told, as_of="2014-04-30")["2014-04"].get("ready") == 1
    assert "ready" not in months(told, as_of="2014-04-09")["2014-04"]
    assert months(told, as_of="2014-08-10")["2014-08"].get("allied") == 1
    assert "allied" not in months(told, as_of="2014-08")["2014-08"]
    instant = months(told, as_of="2014-01-31T23:59:59.999999Z")
    assert instant["2014-02"] == {"identified": 1, "acquainted": 3}
    before = months(told, as_of="2014-01-31T23:59:59.999998Z")
    assert before["2014-02"] == {"identified": 2, "acquainted": 2}
    assert not months(told, as_of="2012")
    assert months(told, as_of="2012", **{"from": "2012-11"}) == {
        "2012-11": {},
        "2012-12": {},
    }
    assert not months(told, as_of="2012", **{"from": "2013"})


def test_partners_are_narrowed_to_a_group_or_an_owner(told: httpx2.Client) -> None:
    def last(as_of: str, **query: str) -> Json:
        return list(months(told, as_of=as_of, limit=1000, **query).values())[-1]

    assert last("2014-12", group="chapter") == {"ready": 1}
    assert last("2014-05", group="chapter") == {"acquainted": 1, "allied": 1}
    assert not months(told, as_of="2014-01", group="chapter")
    assert last("2014-12", owner="taro") == {"identified": 1}
    assert not months(told, as_of="2014-05", owner="taro")
    assert not months(told, as_of="2014-12", owner="taro", group="chapter")


def test_pages_hold_each_month_once_and_in_order(told: httpx2.Client) -> None:
    for query in ("as_of=2014-12", "as_of=2014-12&from=2014-03"):
        address = f"{PATH}?{query}&min_position={head(told)}&limit="
        whole = told.get(f"{address}1000").json()["items"]
        assert len(whole) in {24, 10}
        for limit in (1, 7):
            found = pages(told, f"{address}{limit}")
            assert all(len(page) <= limit for page in found)
            assert [item for page in found for item in page] == whole


def test_centuries_are_turned_page_by_page(told: httpx2.Client) -> None:
    address = f"{PATH}?from=0001&as_of=9999&limit=1000&min_position={head(told)}"
    answer = told.get(address)
    assert answer.json()["items"][0]["month"] == "0001-01"
    assert len(answer.json()["items"]) == 1000
    assert "next" in answer.links
    found = months(told, as_of="9999", limit=1000)
    assert list(found) == [f"{9950 + n // 12}-{n % 12 + 1:02}" for n in range(600)]
    assert set(map(str, found.values())) == {str(found["9999-12"])}


def test_a_cursor_keeps_its_cut(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme", "birch", "cedar")
        record(client, contact("2014-02-05", "acme"))
        made = record(client, contact("2014-02-06", "birch"))
        query: Json = {"as_of": "2014-03", "from": "2014-02", "limit": 1}
        whole = months(client, **{**query, "limit": 10})
        first = client.get(PATH, params=query)
        say(client, "PartnerMerged", "cedar", into="acme", reason="The same company.")
        say(client, "EventRetracted", "birch", target=made["id"], reason="Never.")
        record(client, contact("2014-02-06", "acme"))
        assert months(client, **{**query, "limit": 10})["2014-03"] != whole["2014-03"]
        (page,) = pages(client, first.links["next"]["url"])
        shown = {stage: page[0][stage] for stage in STAGES if page[0][stage]}
        assert shown == whole["2014-03"] == {"identified": 1, "acquainted": 2}


def test_senseless_questions_are_refused(told: httpx2.Client) -> None:
    questions = [
        *(f"limit={value}" for value in BAD_NUMBERS),
        *(f"as_of={value}" for value in BAD_TIMES),
        *(f"from={value}" for value in BAD_TIMES),
        *("group=", "group=%00", "owner=", f"{MARKER}=1", "policy=v1"),
        *("cursor=e30", "cursor=%00", "known_at=2014", "limit=1&limit=2"),
    ]
    assert not complaints(told, [f"{PATH}?{each}" for each in questions])
