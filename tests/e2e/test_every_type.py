"""Every type of event is recorded over HTTP, bare and with every field filled in."""

from typing import Final

import httpx2
import pytest

from contracts.events import EventData
from tests.builders import EXAMPLES, LEDGER_ONLY
from tests.e2e.asking import (
    Json,
    contact,
    fresh,
    new_partner,
    problem,
    record,
    say,
    send,
)

INTRODUCERS: Final = {
    "goal": "GoalShared",
    "idea": "IdeaProposed",
    "request": "HelpRequested",
    "offer": "HelpOffered",
    "commitment": "ResourceCommitted",
    "delivery": "HelpDelivered",
    "alliance": "AllianceProposed",
    "principle": "PrincipleStated",
    "issue": "IssueRaised",
    "meeting": "MeetingScheduled",
    "person": "PersonAdded",
}
FIRST: Final = {
    "DisputeResolved": "DeliveryDisputed",
    "AllianceEnded": "AllianceAgreed",
}
TARGETED: Final = ("EventRetracted", "EventCorrected")


@pytest.fixture(scope="module")
def survivor(service: object, client_of_module: httpx2.Client) -> str:
    """A partner that others are merged into, or introduced by."""
    assert service
    return new_partner(client_of_module)


@pytest.fixture(scope="module")
def client_of_module(request: pytest.FixtureRequest) -> httpx2.Client:
    client: httpx2.Client = request.getfixturevalue("service").client
    return client


def alone(name: str) -> Json:
    """The full example without what it names, for things that stand by themselves."""
    model, full = EventData.catalogue[name], EXAMPLES[name]["full"]
    return {n: v for n, v in full.items() if n not in dict(model.named)}


def prepare(client: httpx2.Client, partner: str, name: str, data: Json) -> None:
    """Record all that data of a type names, each once."""
    named = {kind for field, kind in EventData.catalogue[name].named if field in data}
    for kind in sorted(named & INTRODUCERS.keys()):
        introducer = INTRODUCERS[kind]
        say(client, introducer, partner, **alone(introducer))
    if name in FIRST:
        first = FIRST[name]
        say(client, first, partner, **EXAMPLES[first]["minimal"])


def adapted(name: str, data: Json, survivor: str, target: str) -> Json:
    """The example with ids that this ledger knows."""
    known = {"into": survivor, "introduced_by": survivor, "target": target}
    return {n: known.get(n, value) for n, value in data.items() if name}


@pytest.mark.parametrize("size", ["minimal", "full"])
@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - LEDGER_ONLY))
def test_each_type_is_recorded_as_sent(
    client: httpx2.Client, survivor: str, name: str, size: str
) -> None:
    partner, target, data = fresh(), "", EXAMPLES[name][size]
    if name != "PartnerIdentified":
        partner = new_partner(client)
        target = record(client, contact(partner))["id"]
        prepare(client, partner, name, data)
    sent = adapted(name, data, survivor, target)
    recorded = say(client, name, partner, **sent)
    assert recorded["data"] == sent
    found = client.get(f"/v1/events/{recorded['id']}").json()
    assert found["data"] == sent


@pytest.mark.parametrize("name", sorted(LEDGER_ONLY))
def test_each_type_of_the_ledger_is_recorded_as_sent(
    client: httpx2.Client, name: str
) -> None:
    for data in EXAMPLES[name].values():
        assert say(client, name, "_ledger", **data)["data"] == data


def test_every_type_has_a_schema(client: httpx2.Client) -> None:
    listed = client.get("/v1/schemas").json()["items"]
    assert {item["type"] for item in listed} == set(EXAMPLES)
    for name in EXAMPLES:
        schema = client.get(f"/v1/schemas/{name}").json()
        assert set(schema["properties"]) == set(EventData.catalogue[name].model_fields)
    problem(client.get("/v1/schemas/NoSuchType"), "not-found")


def test_a_merged_partner_takes_corrections_only(
    client: httpx2.Client, survivor: str
) -> None:
    merged = new_partner(client)
    made = record(client, contact(merged))
    say(client, "HelpOffered", merged, offer="o", by="us", kind="space")
    merge = say(client, "PartnerMerged", merged, into=survivor, reason="The same.")
    told = problem(send(client, contact(merged)), "conflict")
    assert survivor in str(told)
    change = {"target": made["id"], "occurred_at": "2014", "reason": "Earlier."}
    say(client, "EventCorrected", merged, **change)
    say(client, "OfferAccepted", survivor, offer=f"{merged}/o")
    answer = client.get(
        f"/v1/partners/{merged}/balance", params={"min_position": merge["position"]}
    )
    assert problem(answer, "not-found")["merged_into"] == survivor


def test_a_merge_names_another_partner_that_exists(
    client: httpx2.Client, partner: str
) -> None:
    for into, code in ((fresh(), "conflict"), (partner, "invalid")):
        data = {"into": into, "reason": "The same."}
        sent = {"type": "PartnerMerged", "partner": partner, "data": data}
        answer = send(client, sent)
        assert answer.json()["code"] in {code, "conflict"}


def retract(client: httpx2.Client, partner: str, target: str) -> httpx2.Response:
    data = {"target": target, "reason": "Not so."}
    return send(client, {"type": "EventRetracted", "partner": partner, "data": data})


def test_a_retraction_names_what_depends_on_its_target(
    client: httpx2.Client, partner: str
) -> None:
    offer = say(client, "HelpOffered", partner, by="us", kind="space")
    accepted = say(client, "OfferAccepted", partner, offer=offer["id"])
    withdrawn = say(client, "OfferWithdrawn", partner, offer=offer["id"])
    told = problem(retract(client, partner, offer["id"]), "conflict")
    assert told["dependents"] == [accepted["id"], withdrawn["id"]]


def test_a_retraction_of_a_retraction_brings_the_event_back(
    client: httpx2.Client, partner: str
) -> None:
    goal = say(client, "GoalShared", partner, whose="us", statement="Members")
    achieve = {"type": "GoalAchieved", "partner": partner, "data": {"goal": goal["id"]}}
    gone = retract(client, partner, goal["id"]).json()
    problem(send(client, achieve), "conflict")
    problem(retract(client, partner, goal["id"]), "conflict")
    assert retract(client, partner, gone["id"]).status_code == 201
    assert send(client, achieve).status_code == 201


def correct(
    client: httpx2.Client, partner: str, target: str, **change: object
) -> httpx2.Response:
    data = {"target": target, "reason": "Otherwise.", **change}
    return send(client, {"type": "EventCorrected", "partner": partner, "data": data})


def test_a_correction_is_not_corrected(client: httpx2.Client, partner: str) -> None:
    made = record(client, contact(partner))
    once = correct(client, partner, made["id"], occurred_at="2014").json()
    problem(correct(client, partner, once["id"], occurred_at="2015"), "conflict")
    assert correct(client, partner, made["id"], occurred_at="2015").status_code == 201


def test_a_correction_is_of_the_same_stream_and_type(
    client: httpx2.Client, partner: str, survivor: str
) -> None:
    made = record(client, contact(partner))
    problem(correct(client, survivor, made["id"], occurred_at="2014"), "conflict")
    answer = correct(client, partner, made["id"], data={"by": "us"})
    assert answer.json()["code"] in {"conflict", "invalid"}


def test_id_side_and_unit_of_what_others_name_do_not_change(
    client: httpx2.Client, partner: str
) -> None:
    hours = {"amount": "5", "unit": "hour"}
    data = {"offer": "o", "by": "us", "kind": "space", "quantity": hours}
    offer = say(client, "HelpOffered", partner, **data)["id"]
    say(client, "OfferAccepted", partner, offer="o")
    seats = {"amount": "5", "unit": "seat"}
    for change in ({"offer": "p"}, {"by": "partner"}, {"quantity": seats}):
        told = correct(client, partner, offer, data={**data, **change})
        problem(told, "conflict")
    more = {**data, "quantity": {"amount": "7.5", "unit": "hour"}}
    assert correct(client, partner, offer, data=more).status_code == 201
