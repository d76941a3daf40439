"""Partners as a list and one by one: `/v1/partners`, `/v1/partners/{id}`, `/stages`."""

import base64
import csv
import io
import json
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

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
    read,
    record,
    say,
)

OK: Final = 200


def dated(request: Json, at: str) -> Json:
    return {**request, "occurred_at": at}


def listed(client: httpx2.Client, **query: Any) -> list[str]:
    return [item["partner"] for item in read(client, "/v1/partners", **query)["items"]]


@pytest.fixture
def helping(client: httpx2.Client) -> tuple[str, str]:
    """A partner that has come to `helping`, and the group that only it is in."""
    partner, group = new_partner(client), fresh("group")
    record(
        client,
        [
            dated(event("GroupJoined", partner, group=group), "2014-01-01"),
            dated(contact(partner), "2014-01-02"),
            dated(event("GoalAsked", partner, by="partner"), "2014-01-02"),
            dated(
                event("GoalShared", partner, whose="us", statement="Teach."),
                "2014-01-02",
            ),
            dated(
                event("HelpDelivered", partner, by="partner", kind="space"),
                "2014-02-01",
            ),
        ],
    )
    return partner, group


def test_a_partner_is_listed_with_how_it_stands(
    client: httpx2.Client, helping: tuple[str, str]
) -> None:
    partner, group = helping
    (item,) = read(client, "/v1/partners", group=group)["items"]
    assert (item["partner"], item["stage"], item["earned"]) == (
        partner,
        "helping",
        "helping",
    )
    assert (item["last_contact"], item["next_due"]) == ("2014-01-02", "2014-02-01")
    assert item["flags"] == ["cooling", "dormant"]
    assert item["net"] == {"act": "-1"}


def test_a_list_tells_how_partners_stood_in_the_past(
    client: httpx2.Client, helping: tuple[str, str]
) -> None:
    _, group = helping
    for as_of, stage, flags in (
        ("2014-01-01", "identified", []),
        ("2014-01-02", "exploring", []),
        ("2014-02-01", "helping", []),
        ("2014-02-02", "helping", ["cooling"]),
    ):
        (item,) = read(client, "/v1/partners", group=group, as_of=as_of)["items"]
        assert (item["stage"], item["flags"]) == (stage, flags), as_of
    assert read(client, "/v1/partners", group=group, as_of="2013")["items"] == []


def test_a_list_is_narrowed_by_stage_flag_name_and_owner(
    client: httpx2.Client, helping: tuple[str, str]
) -> None:
    partner, group = helping
    for matching in (
        {"stage": "helping"},
        {"flag": "dormant"},
        {"q": partner[2:].upper()},
    ):
        assert listed(client, group=group, **matching) == [partner], matching
    others = {"stage": "ended"}, {"flag": "strained"}, {"q": "no such name"}
    for other in (*others, {"owner": "nobody"}):
        assert listed(client, group=group, **other) == [], other


def test_a_list_is_sorted_both_ways_and_read_in_pages(client: httpx2.Client) -> None:
    group, partners = fresh("group"), [new_partner(client) for _ in range(5)]
    for number, partner in enumerate(partners):
        said = [event("GroupJoined", partner, group=group)]
        if number:
            said.append(dated(contact(partner), f"2014-01-0{number}"))
        record(client, said)
    up = listed(client, group=group, sort="last_contact")
    down = listed(client, group=group, sort="-last_contact")
    assert up == [*partners[1:], partners[0]]
    assert down == [*reversed(partners[1:]), partners[0]]
    for sort in ("last_contact", "-last_contact", "name", "-stage", "partner"):
        whole = listed(client, group=group, sort=sort)
        query: Json = {"group": group, "sort": sort, "limit": 2}
        assert paged(client, query) == whole, sort


def test_the_latest_contacts_are_read_in_pages_though_many_were_on_one_day(
    client: httpx2.Client,
) -> None:
    for day in ("2014-03-05", "2014-03-05", "2014-03-05", "2014-03-05", "2014-03-04"):
        record(client, dated(contact(new_partner(client)), day))
    whole = listed(client, sort="-last_contact", limit=1000)
    for limit in (1, 2, 3):
        query: Json = {"sort": "-last_contact", "limit": limit}
        assert paged(client, query) == whole, limit


def test_a_cursor_that_was_made_up_leads_to_no_failure(client: httpx2.Client) -> None:
    new_partner(client)
    answer = client.get("/v1/partners", params={"sort": "-last_contact", "limit": 1})
    cursor = unpacked(answer.links["next"]["url"])
    for key in ("", "yesterday", "9999-99-99", "2014-03"):
        query = {"sort": "-last_contact", "cursor": packed({**cursor, "key": key})}
        assert client.get("/v1/partners", params=query).status_code == OK, key


def unpacked(link: str) -> Json:
    """What the cursor of a link holds."""
    (text,) = parse_qs(urlsplit(link).query)["cursor"]
    told: Json = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return told


def packed(cursor: Json) -> str:
    """The same as it is sent."""
    return base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode().rstrip("=")


def paged(client: httpx2.Client, query: Json) -> list[str]:
    """The partners of all pages, by following the links."""
    query = {**query, "min_position": head(client)}
    answer = client.get("/v1/partners", params=query)
    found = [item["partner"] for item in answer.json()["items"]]
    while "next" in answer.links:
        answer = client.get(answer.links["next"]["url"])
        found += [item["partner"] for item in answer.json()["items"]]
    return found


def test_partners_are_read_as_csv(
    client: httpx2.Client, helping: tuple[str, str]
) -> None:
    partner, group = helping
    query: Json = {"group": group, "min_position": head(client)}
    answer = client.get("/v1/partners", params=query, headers={"Accept": "text/csv"})
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["partner"], row["stage"]) == (partner, "helping")


def test_unknown_filters_are_invalid(client: httpx2.Client) -> None:
    for query in ({"stage": "friends"}, {"flag": "useless"}, {"sort": "net"}):
        problem(client.get("/v1/partners", params=query), "invalid")


def test_one_partner_is_told_whole(client: httpx2.Client) -> None:
    partner = new_partner(client)
    say(client, "PersonAdded", partner, person="p", side="partner", name="Hana")
    say(client, "GoalShared", partner, goal="g", whose="partner", statement="Grow.")
    say(client, "PrincipleStated", partner, principle="t", by="us", statement="Slow.")
    stance = {"principle": "t", "by": "partner", "stance": "respected"}
    say(client, "PrincipleAcknowledged", partner, **stance)
    say(client, "IssueRaised", partner, by="us", severity="high", statement="Late.")
    say(client, "HelpOffered", partner, offer="o", by="partner", kind="space")
    say(client, "ResourceCommitted", partner, commitment="c", by="us", kind="goods")
    proposal = {"scope": "Fair", "asks": ["All"], "gives": []}
    say(client, "AllianceProposed", partner, alliance="a", by="partner", **proposal)
    meeting = {"meeting": "m", "on": "9000-01-01", "channel": "video"}
    say(client, "MeetingScheduled", partner, **meeting)
    body = read(client, f"/v1/partners/{partner}")
    assert [p["name"] for p in body["persons"]] == ["Hana"]
    assert [(g["goal"], g["achieved_at"]) for g in body["goals"]] == [("g", None)]
    assert [p["stance"] for p in body["principles"]] == ["respected"]
    assert [o["offer"] for o in body["offers"]] == ["o"]
    assert [c["commitment"] for c in body["commitments"]] == ["c"]
    assert [(a["state"], a["asks"]) for a in body["alliances"]] == [
        ("proposed", ["All"])
    ]
    assert [m["meeting"] for m in body["meetings"]] == ["m"]
    assert body["flags"] == ["strained", "premature_proposal"]
    assert len(body["issues"]) == 1


def test_a_partner_is_unknown_before_it_was_recorded(client: httpx2.Client) -> None:
    before, partner = head(client), new_partner(client)
    for path in ("", "/stages"):
        query = {"known_at": f"position:{before}"}
        asked = f"/v1/partners/{partner}{path}"
        problem(client.get(asked, params=query), "not-found")
        problem(client.get(f"/v1/partners/{fresh()}{path}"), "not-found")
        assert read(client, asked, as_of="0001")["uncertain"] == 0
    assert read(client, f"/v1/partners/{partner}/stages", as_of="0001") | {
        "current": None,
        "history": [],
    } == read(client, f"/v1/partners/{partner}/stages", as_of="0001")


def test_stages_are_told_as_known_then_and_as_known_now(
    client: httpx2.Client, helping: tuple[str, str]
) -> None:
    partner, _ = helping
    path, then = f"/v1/partners/{partner}/stages", head(client)
    late = dated(
        event("RelationshipBrokenOff", partner, by="us", reason="No."), "2014-01-03"
    )
    broken = record(client, late)
    known = read(client, path, known_at=f"position:{then}")
    now = read(client, path)
    assert (known["current"]["stage"], now["current"]["stage"]) == ("helping", "ended")
    assert now["history"][-1]["because"] == [broken["id"]]
    assert now["current"]["missing"] == [
        {"condition": "contact_on_a_later_day", "have": 0, "need": 1}
    ]


def test_flags_say_their_reason_in_english_and_japanese(
    client: httpx2.Client, helping: tuple[str, str]
) -> None:
    partner, _ = helping
    path = f"/v1/partners/{partner}/stages"
    query = {"min_position": head(client)}
    told = {}
    for language in ("en", "ja"):
        answer = client.get(path, params=query, headers={"Accept-Language": language})
        assert answer.headers["content-language"] == language
        told[language] = [f["reason"] for f in answer.json()["current"]["flags"]]
    assert told["en"][0].isascii()
    assert not told["ja"][0].isascii()


def test_a_merged_partner_is_told_by_the_survivor(
    client: httpx2.Client, helping: tuple[str, str]
) -> None:
    partner, group = helping
    survivor, before = new_partner(client), head(client)
    say(client, "PartnerMerged", partner, into=survivor, reason="The same.")
    assert listed(client, group=group) == [survivor]
    body = read(client, f"/v1/partners/{survivor}/stages")
    assert body["current"]["stage"] == "helping"
    head_now = {"min_position": head(client)}
    answer = client.get(f"/v1/partners/{partner}/stages", params=head_now)
    assert problem(answer, "not-found")["merged_into"] == survivor
    known = read(
        client, f"/v1/partners/{partner}/stages", known_at=f"position:{before}"
    )
    assert known["current"]["stage"] == "helping"


def test_a_policy_judges_the_whole_history(service: Any) -> None:
    with service.with_key(service.make_key("admin", ledger=fresh("policy"))) as client:
        partner = new_partner(client)
        record(client, dated(contact(partner), "2014-01-02"))
        path, then = f"/v1/partners/{partner}/stages", head(client)
        policy = {"contact_days": 1, "require_goal": False}
        published = say(client, "StagePolicyPublished", "_ledger", **policy)
        now = read(client, path)
        assert (now["policy"], now["current"]["stage"]) == (
            published["id"],
            "exploring",
        )
        v1 = read(client, path, policy="v1")
        known = read(client, path, known_at=f"position:{then}")
        for body in (v1, known):
            assert (body["policy"], body["current"]["stage"]) == ("v1", "acquainted")
        asked = read(client, path, policy=published["id"])
        assert asked["current"] == now["current"]
        assert read(client, "/v1/partners")["items"][0]["stage"] == "exploring"
        query = {"policy": published["id"], "known_at": f"position:{then}"}
        problem(client.get(path, params=query), "invalid")
        problem(client.get(path, params={"policy": "v2"}), "invalid")
