"""As known then and as known now, over HTTP: what differs, and which events did it."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.acts_story import contact, identify, ledger_of, on
from tests.e2e.asking import Json, event, head, pointers, problem, read, record, say
from tests.e2e.history_story import help_
from tests.e2e.two_cuts import balance_of, changes, made
from tests.running import RunningService


@pytest.fixture
def alone(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which nothing has happened."""
    with ledger_of(service) as client:
        yield client


def test_a_back_dated_fact_changes_what_was_believed(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    then = head(alone)
    record(
        alone,
        [
            contact("2014-01-05", "acme"),
            contact("2014-01-06", "birch"),
            on("2014-01-06", help_("HelpDelivered", "acme", "2", confirmed=True)),
            contact("2014-03-01", "acme"),
        ],
    )
    body = changes(alone, then, as_of="2014-02")
    assert body["then"]["current"]["stage"] == "identified"
    assert body["now"]["current"]["stage"] == "acquainted"
    assert body["changed"] == {
        "balance": [
            {
                "unit": "hour",
                "side": "us",
                "account": account,
                "then": "0",
                "now": "2",
            }
            for account in ("acknowledged", "delivered")
        ],
        "stage": True,
    }
    # Neither what happened later nor what happened with others made a difference.
    assert made(body) == [(3, "ContactMade"), (5, "HelpDelivered")]
    first = body["events"][0]
    raw = alone.get(f"/v1/events/{first['event']}").json()
    same = ("position", "partner", "type", "occurred_at", "recorded_at", "recorded_by")
    assert {name: first[name] for name in same} == {name: raw[name] for name in same}
    assert first["target"] is None


def test_nothing_changed_when_nothing_was_recorded(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    record(alone, contact("2014-01-05", "acme"))
    body = changes(alone, head(alone))
    assert body["then"] == body["now"]
    assert body["changed"] == {"balance": [], "stage": False}
    assert body["events"] == []


def test_corrections_name_what_they_changed(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    call = record(alone, contact("2014-01-05", "acme"))
    gift = record(alone, on("2014-01-05", help_("HelpDelivered", "acme", "2")))
    then = head(alone)
    dated = {"target": call["id"], "reason": "A month later."}
    say(alone, "EventCorrected", "acme", occurred_at="2014-02-05", **dated)
    gone = {"target": gift["id"], "reason": "It was Birch's."}
    undone = say(alone, "EventRetracted", "acme", **gone)
    january = changes(alone, then, as_of="2014-01")
    assert made(january) == [(4, "EventCorrected"), (5, "EventRetracted")]
    assert [e["target"] for e in january["events"]] == [call["id"], gift["id"]]
    assert january["changed"]["stage"]
    amounts = {c["account"]: (c["then"], c["now"]) for c in balance_of(january)}
    assert amounts == {"delivered": ("2", "0"), "awaiting": ("2", "0")}
    # A retraction that was itself retracted made no difference.
    back = {"target": undone["id"], "reason": "No, it was ours."}
    say(alone, "EventRetracted", "acme", **back)
    february = changes(alone, then, as_of="2014-02")
    assert made(february) == [(4, "EventCorrected")]
    assert not balance_of(february)
    since = changes(alone, undone["position"], as_of="2014-02")
    assert [(e["position"], e["target"]) for e in since["events"]] == [
        (6, undone["id"])
    ]


def test_what_was_recorded_and_taken_back_in_between_is_not_told(
    alone: httpx2.Client,
) -> None:
    identify(alone, "acme")
    call = record(alone, contact("2014-01-05", "acme"))
    say(alone, "EventRetracted", "acme", target=call["id"], reason="Not so.")
    assert changes(alone, 1)["events"] == []
    assert made(changes(alone, 1, known_to="position:2")) == [(2, "ContactMade")]
    assert made(changes(alone, 2)) == [(3, "EventRetracted")]


def test_who_was_not_known_then_had_no_state(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    body = changes(alone, 1, "birch", as_of="2014")
    assert body["then"] is None
    assert body["changed"] == {"balance": [], "stage": True}
    assert made(body) == [(2, "PartnerIdentified")]
    path, late = "/v1/partners/birch/changes", {"known_from": "position:0"}
    unknown = alone.get(path, params={**late, "known_to": "position:1"})
    problem(unknown, "not-found")
    before = changes(alone, 2, "birch", as_of="2012")
    assert before["then"]["current"] is None
    assert before["now"]["history"] == []


def test_a_merge_changes_the_survivor(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    record(alone, [contact("2014-01-05", "acme"), contact("2014-01-06", "birch")])
    given = on("2014-01-07", help_("HelpDelivered", "acme", "2", confirmed=True))
    record(alone, given)
    then = head(alone)
    record(alone, contact("2014-01-08", "acme"))
    merge = say(alone, "PartnerMerged", "acme", into="birch", reason="The same.")
    # A merge holds from its cut on, whenever it is said to have happened.
    body = changes(alone, then, "birch", as_of="2014")
    assert made(body) == [(6, "ContactMade"), (7, "PartnerMerged")]
    assert {e["partner"] for e in body["events"]} == {"acme"}
    assert body["now"]["history"][1]["from"].startswith("2014-01-05")
    assert {c["account"] for c in balance_of(body)} == {"delivered", "acknowledged"}
    query = {"known_from": f"position:{then}"}
    gone = alone.get("/v1/partners/acme/changes", params=query)
    assert problem(gone, "not-found")["merged_into"] == "birch"
    undo = {"target": merge["id"], "reason": "Two, after all."}
    say(alone, "EventRetracted", "acme", **undo)
    for partner in ("acme", "birch"):
        back = changes(alone, merge["position"], partner, as_of="2014")
        assert made(back) == [(8, "EventRetracted")]
        assert back["changed"]["stage"]
        assert (back["then"] is None) == (partner == "acme")
    whole = changes(alone, then, "birch", as_of="2014")
    assert whole["events"] == []
    assert whole["then"] == whole["now"]


def test_a_policy_is_among_what_made_the_difference(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    record(alone, contact("2014-01-05", "acme"))
    then = head(alone)
    loose = {"contact_days": 1, "require_goal": False}
    policy = say(alone, "StagePolicyPublished", "_ledger", **loose)
    taro = {"side": "us", "name": "Taro", "person": "taro"}
    say(alone, "PersonAdded", "_ledger", **taro)
    body = changes(alone, then, as_of="2014")
    assert made(body) == [(3, "StagePolicyPublished")]
    assert [body[name]["policy"] for name in ("then", "now")] == ["v1", policy["id"]]
    assert body["now"]["current"]["stage"] == "exploring"
    # By one policy nothing differs.
    held = changes(alone, then, as_of="2014", policy="v1")
    assert (held["events"], held["changed"]["stage"]) == ([], False)
    stricter = {**loose, "contact_days": 2}
    why = {"target": policy["id"], "reason": "Too loose."}
    say(alone, "EventCorrected", "_ledger", data=stricter, **why)
    again = changes(alone, policy["position"], as_of="2014")
    assert made(again) == [(5, "EventCorrected")]
    assert again["now"]["current"]["stage"] == "acquainted"


def test_a_policy_unknown_then_may_judge_both(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    record(alone, contact("2014-01-05", "acme"))
    loose = {"contact_days": 1, "require_goal": False}
    policy = say(alone, "StagePolicyPublished", "_ledger", **loose)["id"]
    query = {"known_from": "position:1", "policy": policy, "as_of": "2014"}
    body = read(alone, "/v1/partners/acme/changes", **query)
    assert [body[name]["policy"] for name in ("then", "now")] == [policy] * 2
    assert body["then"]["current"]["stage"] == "identified"
    assert body["now"]["current"]["stage"] == "exploring"
    assert made(body) == [(2, "ContactMade")]


def test_cuts_are_dates_or_positions_in_order(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    record(alone, contact("2014-01-05", "acme"))
    assert changes(alone, "2014")["then"] is None
    far = changes(alone, "9999", known_to="9999-12")
    assert (far["known_from"], far["known_to"]) == (2, 2)
    path = "/v1/partners/acme/changes"
    wrong: tuple[tuple[dict[str, str], str], ...] = (
        ({}, "/query/known_from"),
        ({"known_from": "position:3"}, "/query/known_from"),
        ({"known_from": "2014-13"}, "/query/known_from"),
        ({"known_from": "position:1", "known_to": "position:3"}, "/query/known_to"),
        ({"known_from": "position:2", "known_to": "position:1"}, "/query/known_to"),
        ({"known_from": "position:1", "known_to": "2014"}, "/query/known_to"),
    )
    for query, pointer in wrong:
        answer = alone.get(path, params=query)
        assert pointers(problem(answer, "invalid")) == [pointer]


def test_the_reasons_of_flags_are_in_the_language_asked_for(
    alone: httpx2.Client,
) -> None:
    identify(alone, "acme")
    offer = event("AllianceProposed", "acme", by="us", scope="All", asks=[], gives=[])
    record(alone, on("2014-01-05", offer))
    query: Json = {"known_from": "position:2", "as_of": "2014"}
    query["min_position"] = head(alone)
    path, japanese = "/v1/partners/acme/changes", {"Accept-Language": "ja"}
    answer = alone.get(path, params=query, headers=japanese)
    (flag,) = answer.json()["now"]["current"]["flags"]
    assert flag["reason"].endswith("提携が提案されました。")
    assert answer.headers["Content-Language"] == "ja"


def test_changes_reflect_what_was_waited_for(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    for day in range(1, 29):
        record(alone, contact(f"2014-01-{day:02}", "acme"))
        least = head(alone)
        asked: Json = {"known_from": "position:1", "min_position": least}
        answer = alone.get("/v1/partners/acme/changes", params=asked)
        assert answer.status_code == 200, answer.text
        assert int(answer.headers["Ledger-Position"]) >= least
