"""Every fact that the ledger knows can be recorded by a person, in a form."""

from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx2
import pytest

from contracts.events import EventData
from services.projections.pages.filling import values_of
from services.projections.pages.shaping import (
    GROUPS,
    ON_AN_EVENT,
    OURS,
    fields_of,
)
from tests.builders import EXAMPLES
from tests.e2e.asking import contact, event, fresh, new_partner, read, record, say
from tests.e2e.test_every_type import adapted, prepare
from tests.pages.sending import Forms
from tests.running import RunningService

UTC: Final = ZoneInfo("UTC")
FORM: Final = "/record/other"
OF_PARTNERS: Final = sorted(
    {name for names in GROUPS.values() for name in names} | {"PartnerIdentified"}
)
NEW: Final = "PartnerIdentified"
PROPOSAL: Final = EXAMPLES["AllianceProposed"]["full"]


@pytest.fixture(scope="module")
def survivor(service: RunningService) -> str:
    """A partner that others are merged into, or introduced by."""
    return new_partner(service.client)


def test_every_type_has_a_form() -> None:
    assert {*OF_PARTNERS, *OURS, *ON_AN_EVENT} == set(EventData.catalogue)
    for name in {*OF_PARTNERS, *OURS}:
        model = EventData.catalogue[name]
        introduced = model.introduces[0] if model.introduces else None
        asked = {field.name for field in fields_of(name)}
        assert asked >= set(model.model_fields) - {introduced}, name


@pytest.mark.parametrize("size", ["minimal", "full"])
@pytest.mark.parametrize("name", OF_PARTNERS)
def test_each_type_is_recorded_by_its_form(
    service: RunningService, forms: Forms, survivor: str, name: str, size: str
) -> None:
    partner, data = fresh(), adapted(name, EXAMPLES[name][size], survivor, "")
    if name != NEW:
        new_partner_at(service.client, partner)
        prepare(service.client, partner, name, data)
        if name == "AllianceAgreed":
            say(service.client, "AllianceProposed", partner, **PROPOSAL)
        if name == "OwnerAssigned":
            data = data | {"person": our_person(service.client)}
    read(service.client, "/v1/partners")
    read(service.client, "/v1/balances")
    told = recorded_by_form(forms, name, partner, data)
    if "on" in data:  # the same instant, as the ledger's zone has it
        data = data | {"on": data["on"].replace("T10:00:00+09", "T01:00:00+00")}
    introduced = EventData.catalogue[name].introduces
    if introduced and f"data.{introduced[0]}" not in fields_asked(name):
        data = {n: v for n, v in data.items() if n != introduced[0]}
    assert told["data"] == data


def new_partner_at(client: httpx2.Client, partner: str) -> None:
    say(client, NEW, partner, name=partner.title())


def our_person(client: httpx2.Client) -> str:
    added = event("PersonAdded", "_ledger", side="us", name="Mei")
    return str(record(client, added)["id"])


def fields_asked(name: str) -> set[str]:
    return {field.key for field in fields_of(name)}


def recorded_by_form(
    forms: Forms, name: str, partner: str, data: dict[str, Any]
) -> dict[str, Any]:
    """What the ledger holds after the form of a type was filled in and sent."""
    about = "" if name == NEW else f"&partner={partner}"
    form = forms.shown(f"{FORM}?type={name}{about}", FORM)
    values = values_of(fields_of(name), data, UTC)
    if name == "PersonalDataErased":
        values |= {"sure": ["1"]}
    answer = forms.submit(form, values)
    assert answer.status_code == 303, answer.text
    tie = urlsplit(answer.headers["Location"]).path.rpartition("/")[2]
    page = forms.client.get(f"/recorded/{tie}")
    assert page.status_code == 200
    assert ("Undo" in page.text) is (name != "PersonalDataErased")
    found = forms.client.get("/v1/events", params={"correlation": tie})
    (made,) = found.json()["items"]
    told: dict[str, Any] = made
    return told


@pytest.mark.parametrize("name", OURS)
def test_what_is_ours_is_recorded_of_nobody_else(
    service: RunningService, forms: Forms, name: str
) -> None:
    data: dict[str, Any] = {**EXAMPLES[name]["full"]}
    if "side" in data:
        data = {n: v for n, v in data.items() if n != "person"} | {"side": "us"}
    elif "person" in data:
        data["person"] = our_person(service.client)
    assert recorded_by_form(forms, name, "_ledger", data)["data"] == data


def test_an_erasure_asks_to_be_sure(service: RunningService, forms: Forms) -> None:
    partner = new_partner(service.client)
    say(service.client, "PersonAdded", partner, person="p", side="partner", name="Ann")
    read(service.client, f"/v1/partners/{partner}")
    path = f"{FORM}?type=PersonalDataErased&partner={partner}"
    values = {"data.person": ["p"], "data.basis": ["She asked."]}
    answer = forms.submit(forms.shown(path, FORM), values)
    assert answer.status_code == 422
    assert "an erasure is never undone" in answer.text
    assert "She asked." in answer.text
    erased = {"partner": partner, "type": "PersonalDataErased"}
    assert read(service.client, "/v1/events", **erased)["items"] == []


def test_a_refused_form_says_why_at_the_field(
    service: RunningService, forms: Forms
) -> None:
    partner = new_partner(service.client)
    made = {"by": "us", "kind": "space", "quantity": {"amount": "5", "unit": "hour"}}
    say(service.client, "ResourceCommitted", partner, commitment="c", **made)
    read(service.client, f"/v1/partners/{partner}")
    path = f"{FORM}?type=CommitmentChanged&partner={partner}"
    for delta, why in (("-9", "below zero"), ("much", "Write an amount")):
        values = {
            "data.commitment": ["c"],
            "data.delta": [delta],
            "data.reason": ["Less room."],
            "date": ["2014"],
        }
        answer = forms.submit(forms.shown(path, FORM), values)
        told = answer.text.partition('id="wrong-delta">')[2].partition("</p>")[0]
        assert answer.status_code in {409, 422}
        assert why in told
        for kept in ("Less room.", 'value="2014"', f'value="{delta}"'):
            assert kept in answer.text


def test_a_meeting_has_a_day_or_a_time_of_the_ledgers_zone(
    service: RunningService, forms: Forms
) -> None:
    partner = new_partner(service.client)
    read(service.client, f"/v1/partners/{partner}")
    form = forms.shown(f"{FORM}?type=MeetingScheduled&partner={partner}", FORM)
    planned = {"data.on": ["2031-05-06"], "data.channel": ["video"]}
    forms.submit(form, planned | {"data.on.time": ["10:30"]})
    (made,) = read(service.client, "/v1/events", partner=partner, order="-position")[
        "items"
    ][:1]
    assert made["data"]["on"] == "2031-05-06T10:30:00+00:00"


def test_only_what_can_be_named_is_offered(
    service: RunningService, forms: Forms
) -> None:
    partner = new_partner(service.client)
    for offer in ("open", "gone"):
        say(service.client, "HelpOffered", partner, offer=offer, by="us", kind="space")
    say(service.client, "OfferDeclined", partner, offer="gone")
    read(service.client, f"/v1/partners/{partner}")
    form = forms.shown(f"{FORM}?type=OfferAccepted&partner={partner}", FORM)
    assert form.choices["data.offer"] == {"", "open"}


def test_whom_it_is_about_is_asked_first(service: RunningService, forms: Forms) -> None:
    partner = new_partner(service.client)
    record(service.client, contact(partner))
    read(service.client, "/v1/partners")
    page = forms.client.get(f"{FORM}?type=GoalAsked")
    assert "Which partner is it?" in page.text
    typed = forms.client.get(
        FORM, params={"type": "GoalAsked", "partner_typed": partner}
    )
    assert 'name="data.by"' in typed.text
    for name in ("EventRetracted", "EventCorrected"):
        answer = forms.client.get(f"{FORM}?type={name}&partner={partner}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/log")
    refused = forms.send(FORM, type="NoSuchType", partner=partner, tie="x")
    assert refused.status_code == 422


def test_what_the_next_stage_needs_leads_to_its_form(
    service: RunningService, forms: Forms
) -> None:
    partner = new_partner(service.client)
    record(service.client, contact(partner))
    read(service.client, f"/v1/partners/{partner}")
    page = forms.client.get(f"/partners/{partner}").text
    assert f'href="{FORM}?type=GoalShared&amp;partner={partner}">record it' in page
