"""The raw log: everything as recorded, filtered, paged and in three formats."""

import csv
import io
import json
import re
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    contact,
    event,
    fresh,
    head,
    new_partner,
    problem,
    record,
    say,
)


def log(client: httpx2.Client, **query: Any) -> list[Json]:
    answer = client.get("/v1/events", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def following(answer: httpx2.Response) -> str | None:
    """The address of the next page."""
    match = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
    assert ("Link" in answer.headers) == (match is not None)
    return None if match is None else match[1]


def test_the_log_gives_back_what_was_recorded(
    client: httpx2.Client, partner: str
) -> None:
    recorded = [record(client, contact(partner)) for _ in range(3)]
    assert log(client, partner=partner)[1:] == recorded
    assert log(client, partner=partner, order="-position")[:3] == recorded[::-1]


def test_the_log_names_the_position_that_it_reflects(
    client: httpx2.Client, partner: str
) -> None:
    position = record(client, contact(partner))["position"]
    answer = client.get("/v1/events", params={"partner": "nobody-knows"})
    assert answer.json()["items"] == []
    assert int(answer.headers["Ledger-Position"]) >= position


def test_types_can_be_asked_for_together(client: httpx2.Client, partner: str) -> None:
    record(client, contact(partner))
    say(client, "GoalAsked", partner, by="us")
    both = log(client, partner=partner, type=["GoalAsked", "PartnerIdentified"])
    assert [e["type"] for e in both] == ["PartnerIdentified", "GoalAsked"]


def test_events_are_found_by_what_ties_them_together(
    client: httpx2.Client, partner: str
) -> None:
    tie, source = fresh("tie"), {"system": fresh("crm"), "ref": "7"}
    first = record(client, contact(partner, correlation=tie, source=source))
    second = record(client, contact(partner, causation=first["id"]))
    assert log(client, correlation=tie) == [first]
    assert log(client, causation=first["id"]) == [second]
    assert log(client, source_system=source["system"]) == [first]
    assert log(client, source_system=source["system"], source_ref="7") == [first]
    assert log(client, source_system=source["system"], source_ref="8") == []
    by = {"partner": partner, "recorded_by": first["recorded_by"]}
    assert len(log(client, **by)) == 3
    assert log(client, partner=partner, recorded_by="somebody else") == []


def test_events_are_found_by_when_they_happened(
    client: httpx2.Client, partner: str
) -> None:
    dates = ["2014-02", "2014-03-05", "2014-03-05T23:30:00Z", "2015-01-01"]
    for date in dates:
        record(client, contact(partner, occurred_at=date))
    contacts = {"partner": partner, "type": "ContactMade"}

    def found(**query: str) -> list[str]:
        return [e["occurred_at"] for e in log(client, **contacts, **query)]

    assert found() == dates
    assert found(occurred_from="2014-03-05", occurred_to="2014-03-05") == dates[1:3]
    assert found(occurred_from="2015") == dates[3:]
    assert found(occurred_from="2016") == []


def test_events_are_found_by_when_they_were_recorded(
    client: httpx2.Client, partner: str
) -> None:
    one, two = (record(client, contact(partner)) for _ in range(2))
    after = log(client, partner=partner, recorded_from=two["recorded_at"])
    before = log(client, partner=partner, recorded_to=one["recorded_at"])
    assert [e["id"] for e in after] == [two["id"]]
    assert [e["version"] for e in before] == [1, 2]
    assert log(client, partner=partner, recorded_to="2014") == []


def test_pages_follow_each_other_and_hold_each_event_once(
    client: httpx2.Client, partner: str
) -> None:
    record(client, [contact(partner)] * 10)
    for order in ("position", "-position"):
        pages, query = [], f"partner={partner}&limit=4&order={order}"
        address: str | None = f"/v1/events?{query}"
        while address is not None:
            answer = client.get(address)
            pages.append([e["version"] for e in answer.json()["items"]])
            address = following(answer)
        assert [len(page) for page in pages] == [4, 4, 3]
        versions = [version for page in pages for version in page]
        assert versions == sorted(range(1, 12), reverse=order == "-position")


def test_a_full_last_page_has_no_next(client: httpx2.Client, partner: str) -> None:
    record(client, [contact(partner)] * 3)
    answer = client.get("/v1/events", params={"partner": partner, "limit": 4})
    assert following(answer) is None


@pytest.mark.parametrize("order", ["position", "-position"])
def test_a_cursor_freezes_its_upper_position(
    client: httpx2.Client, partner: str, order: str
) -> None:
    record(client, [contact(partner)] * 4)
    query: dict[str, Any] = {"partner": partner, "limit": 3, "order": order}
    answer = client.get("/v1/events", params=query)
    first = [e["version"] for e in answer.json()["items"]]
    record(client, [contact(partner)] * 4)
    address = following(answer)
    assert address is not None
    rest = client.get(address)
    assert sorted(first + [e["version"] for e in rest.json()["items"]]) == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert following(rest) is None


def test_a_page_has_100_events_unless_asked_otherwise(
    client: httpx2.Client, partner: str
) -> None:
    record(client, [contact(partner)] * 100)
    answer = client.get("/v1/events", params={"partner": partner})
    assert len(answer.json()["items"]) == 100
    address = following(answer)
    assert address is not None
    assert "cursor=" in urlsplit(address).query


def test_one_event_tells_what_revised_it(client: httpx2.Client, partner: str) -> None:
    made = record(client, contact(partner))
    assert client.get(f"/v1/events/{made['id']}").json()["revised_by"] == []
    data = {"target": made["id"], "occurred_at": "2014", "reason": "Earlier."}
    corrected = say(client, "EventCorrected", partner, **data)
    retracted = say(client, "EventRetracted", partner, target=made["id"], reason="No.")
    found = client.get(f"/v1/events/{made['id']}").json()
    assert [e["id"] for e in found["revised_by"]] == [corrected["id"], retracted["id"]]
    assert made.items() <= found.items()


def test_what_was_corrected_stands_in_the_log_as_recorded(
    client: httpx2.Client, partner: str
) -> None:
    made = record(client, contact(partner))
    data = {"by": "partner", "channel": "letter"}
    change = {"target": made["id"], "data": data, "reason": "A letter."}
    say(client, "EventCorrected", partner, **change)
    assert log(client, partner=partner)[1] == made


def test_an_event_that_nobody_recorded_is_not_found(client: httpx2.Client) -> None:
    for name in ("01890a5d-ac96-774b-bcce-b302099a8057", "nothing", "1"):
        problem(client.get(f"/v1/events/{name}"), "not-found")


def test_the_log_is_read_as_ndjson(client: httpx2.Client, partner: str) -> None:
    record(client, contact(partner))
    answer = client.get(
        "/v1/events",
        params={"partner": partner, "limit": 1},
        headers={"Accept": "application/x-ndjson"},
    )
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == log(client, partner=partner)[:1]
    assert following(answer) is not None


def test_the_log_is_read_as_csv(client: httpx2.Client, partner: str) -> None:
    record(client, contact(partner, correlation='a "b",\nc'))
    query = {"partner": partner}
    answer = client.get("/v1/events", params=query, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["version"] for row in rows] == ["1", "2"]
    assert rows[1]["correlation"] == 'a "b",\nc'


@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        ("text/html, */*;q=0.1", "application/json"),
        ("text/csv;q=0.2, application/json;q=0.9", "application/json"),
        ("text/*", "text/csv"),
        ("application/json;q=0, */*", "application/x-ndjson"),
    ],
)
def test_the_format_that_the_client_likes_best_is_given(
    client: httpx2.Client, accepted: str, kind: str
) -> None:
    answer = client.get("/v1/events?limit=1", headers={"Accept": accepted})
    assert answer.headers["content-type"].split(";")[0] == kind


@pytest.mark.parametrize("accepted", ["text/html", "image/*", "application/json;q=0"])
def test_another_format_is_not_acceptable(client: httpx2.Client, accepted: str) -> None:
    answer = client.get("/v1/events?limit=1", headers={"Accept": accepted})
    problem(answer, "not-acceptable")


def test_a_cell_is_never_a_formula(client: httpx2.Client, partner: str) -> None:
    record(client, contact(partner, correlation="=1+1"))
    query = {"partner": partner}
    answer = client.get("/v1/events", params=query, headers={"Accept": "text/csv"})
    cells = [row["correlation"] for row in csv.DictReader(io.StringIO(answer.text))]
    assert not cells[-1].startswith("=")


def test_the_log_of_another_partner_is_not_mixed_in(client: httpx2.Client) -> None:
    one, two = new_partner(client), new_partner(client)
    record(client, event("GoalAsked", two, by="us"))
    assert {e["partner"] for e in log(client, partner=one)} == {one}
    assert head(client) >= 3
