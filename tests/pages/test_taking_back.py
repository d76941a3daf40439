"""What was recorded wrongly is corrected or taken back in the log, by anybody."""

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import expect

from tests.e2e.asking import Json, contact, new_partner, read, record, say
from tests.pages.browsers import Signed
from tests.pages.sending import Forms
from tests.running import RunningService, running_service


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    """A ledger whose days begin nine hours before those of UTC."""
    with running_service(LEDGER_TIME_ZONE="Asia/Tokyo") as running:
        yield running


@pytest.fixture
def partner(service: RunningService) -> str:
    return new_partner(service.client)


def take_back(forms: Forms, event: str, **values: list[str]) -> httpx2.Response:
    """Send the form that takes an event back."""
    form = forms.shown(f"/log/{event}", f"/log/{event}/retract")
    return forms.submit(form, {"reason": ["Not so."], **values})


def correct(forms: Forms, event: str, **values: str) -> httpx2.Response:
    """Send the form that corrects an event, with some fields changed."""
    form = forms.shown(f"/log/{event}", f"/log/{event}/correct")
    changed = {name.replace("__", "."): [value] for name, value in values.items()}
    return forms.submit(form, {"reason": ["Otherwise."], **changed})


def newest(service: RunningService, partner: str) -> Json:
    asked = {"partner": partner, "order": "-position", "limit": 1}
    (event,) = read(service.client, "/v1/events", **asked)["items"]
    found: Json = event
    return found


def test_what_was_not_so_is_taken_back_and_brought_back(
    service: RunningService, forms: Forms, partner: str
) -> None:
    goal = say(service.client, "GoalShared", partner, whose="us", statement="Members")
    assert take_back(forms, goal["id"]).status_code == 303
    page = forms.client.get(f"/log/{goal['id']}").text
    assert "taken back" in page
    assert f"/log/{goal['id']}/retract" not in page
    assert f"/log/{goal['id']}/correct" not in page
    gone = newest(service, partner)
    assert gone["data"] == {"target": goal["id"], "reason": "Not so."}
    assert "Bring back what it took away" in forms.client.get(f"/log/{gone['id']}").text
    assert take_back(forms, gone["id"]).status_code == 303
    assert f"/log/{goal['id']}/retract" in forms.client.get(f"/log/{goal['id']}").text


def test_an_event_that_others_stand_on_names_them_and_goes_with_them(
    service: RunningService, forms: Forms, partner: str
) -> None:
    offer = say(service.client, "HelpOffered", partner, by="us", kind="space")
    accepted = say(service.client, "OfferAccepted", partner, offer=offer["id"])
    given = {"by": "us", "kind": "space", "offer": offer["id"]}
    delivered = say(service.client, "HelpDelivered", partner, **given)
    thanked = say(
        service.client, "DeliveryAcknowledged", partner, delivery=delivered["id"]
    )
    refused = take_back(forms, offer["id"])
    assert refused.status_code == 422
    standing = (accepted, delivered, thanked)
    assert all(f'href="/log/{event["id"]}"' in refused.text for event in standing)
    assert "the 3 that stand on it" in refused.text
    ids = [event["id"] for event in standing]
    answer = forms.send(
        f"/log/{offer['id']}/retract", reason="All of it.", tie="all", **{"with": ids}
    )
    assert answer.status_code == 303
    for event in (offer, *standing):
        assert "taken back" in forms.client.get(f"/log/{event['id']}").text
    body = read(service.client, f"/v1/partners/{partner}")
    assert body["offers"] == []


def test_what_was_otherwise_is_corrected_and_only_that(
    service: RunningService, forms: Forms, partner: str
) -> None:
    hours = {"amount": "5", "unit": "hour"}
    made = {"by": "us", "kind": "expertise", "quantity": hours, "due": "2026-03"}
    promise = say(service.client, "ResourceCommitted", partner, **made)
    event = promise["id"]
    answer = correct(forms, event, data__quantity__amount="50", data__due="2026-04-30")
    assert answer.status_code == 303
    change = newest(service, partner)["data"]
    wanted = made | {"quantity": {"amount": "50", "unit": "hour"}, "due": "2026-04-30"}
    assert change == {"target": event, "reason": "Otherwise.", "data": wanted}
    answer = correct(forms, event, occurred_at="2026-02-03", occurred_at__time="")
    assert answer.status_code == 303
    change = newest(service, partner)["data"]
    assert change == {
        "target": event,
        "reason": "Otherwise.",
        "occurred_at": "2026-02-03",
    }
    page = forms.client.get(f"/log/{event}").text
    assert page.count("3 Feb 2026") == 1
    assert 'value="2026-04-30"' in page


def test_a_time_that_is_shown_to_the_minute_stays_as_it_was(
    service: RunningService, forms: Forms, partner: str
) -> None:
    at = "2026-03-05T16:00:42.123456Z"
    made = record(service.client, contact(partner, occurred_at=at))
    form = forms.shown(f"/log/{made['id']}", f"/log/{made['id']}/correct")
    assert form.holds["occurred_at"] == ["2026-03-06"]
    assert form.holds["occurred_at.time"] == ["01:00"]
    unchanged = forms.submit(form, {"reason": ["Nothing."]})
    assert unchanged.status_code == 422
    assert "Nothing is otherwise than it was" in unchanged.text
    assert correct(forms, made["id"], data__channel="email").status_code == 303
    assert "occurred_at" not in newest(service, partner)["data"]
    assert correct(forms, made["id"], occurred_at__time="09:30").status_code == 303
    told = newest(service, partner)["data"]
    assert told["occurred_at"] == "2026-03-06T09:30:00+09:00"
    assert "data" not in told


def test_a_correction_that_is_not_right_says_where(
    service: RunningService, forms: Forms, partner: str
) -> None:
    made = record(service.client, contact(partner))
    answer = correct(forms, made["id"], data__minutes="many")
    assert answer.status_code == 422
    told = answer.text.partition('id="wrong-minutes">')[2].partition("</p>")[0]
    assert "integer" in told
    assert 'value="many"' in answer.text
    assert newest(service, partner)["id"] == made["id"]


def test_side_and_unit_of_what_others_name_stay_and_these_are_named(
    service: RunningService, forms: Forms, partner: str
) -> None:
    offer = say(service.client, "HelpOffered", partner, by="us", kind="space")
    accepted = say(service.client, "OfferAccepted", partner, offer=offer["id"])
    answer = correct(forms, offer["id"], data__by="partner")
    assert answer.status_code == 422
    assert "its id, side and unit cannot change" in answer.text
    assert f'href="/log/{accepted["id"]}"' in answer.text


def test_an_erasure_is_neither_corrected_nor_taken_back(
    service: RunningService, forms: Forms, partner: str
) -> None:
    added = say(service.client, "PersonAdded", partner, side="partner", name="Ann")
    erased = say(
        service.client,
        "PersonalDataErased",
        partner,
        person=added["id"],
        basis="She asked.",
    )
    page = forms.client.get(f"/log/{erased['id']}").text
    assert "An erasure stays" in page
    assert "/retract" not in page
    refused = take_back(forms, added["id"])
    assert f'href="/log/{erased["id"]}"' in refused.text
    assert 'name="with"' not in refused.text


def test_a_correction_is_taken_back_and_no_longer_read(
    service: RunningService, forms: Forms, partner: str
) -> None:
    made = record(service.client, contact(partner))
    assert correct(forms, made["id"], data__channel="letter").status_code == 303
    change = newest(service, partner)["id"]
    page = forms.client.get(f"/log/{change}").text
    assert f"/log/{change}/correct" not in page
    assert "letter" in forms.client.get(f"/log/{made['id']}").text
    assert take_back(forms, change).status_code == 303
    form = forms.shown(f"/log/{made['id']}", f"/log/{made['id']}/correct")
    assert form.holds["data.channel"] == ["phone"]


def test_the_wrong_day_is_corrected_without_script(signed: Signed) -> None:
    with signed.page(script=False) as page:
        page.goto("/log?partner=hamabe-city&type=ContactMade")
        page.locator("table th a").first.click()
        page.get_by_text("Correct it", exact=True).click()
        page.get_by_label("when it happened").fill("2013-02")
        page.get_by_label("why is it corrected?").fill("It was the winter before.")
        page.get_by_role("button", name="Correct", exact=True).click()
        expect(page.locator(".facts")).to_contain_text("Feb 2013")
        change = page.locator("section", has_text="Corrected or taken back by").first
        change.get_by_role("link", name="Corrected").click()
        page.get_by_text("Take it back", exact=True).first.click()
        page.get_by_label("why is it taken back?").fill("It was right.")
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("taken back")
