"""What waits on Today is answered in one tap, and taken back in another."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from playwright.sync_api import expect

from tests.e2e.asking import event, new_partner, read, record, say
from tests.pages.browsers import PHONE, Signed
from tests.pages.sending import Forms, form_in
from tests.running import RunningService


def tap(forms: Forms, path: str, **chosen: str) -> httpx2.Response:
    """Press a button of a form on Today."""
    form = form_in(forms.client.get("/").text, path)
    fields = {**form.holds, **{name: [value] for name, value in chosen.items()}}
    return forms.client.post(path, data=fields)


def thanks_for(service: RunningService, partner: str) -> list[str]:
    told = read(service.client, "/v1/today")["thanks"]
    return [item["delivery"] for item in told if item["partner"] == partner]


@pytest.mark.parametrize("awaits", [{}, {"confirmed": False}])
def test_help_of_today_is_thanked_for_in_one_tap_and_undone(
    service: RunningService, forms: Forms, awaits: dict[str, bool]
) -> None:
    partner = new_partner(service.client)
    given = {"by": "partner", "kind": "referral", "delivery": "d", **awaits}
    delivered = say(service.client, "HelpDelivered", partner, **given)
    assert thanks_for(service, partner) == ["d"]
    path = f"/partners/{partner}/thanks"
    first = tap(forms, path, channel="phone")
    assert first.status_code == 303
    assert thanks_for(service, partner) == []
    asked = {"partner": partner, "order": "-position"}
    made = read(service.client, "/v1/events", **asked)["items"]
    called = next(e for e in made if e["type"] == "ContactMade")
    assert called["causation"] == delivered["id"]
    assert called["data"] == {"by": "us", "channel": "phone", "topic": "Thanks"}
    acknowledged = [e for e in made if e["type"] == "DeliveryAcknowledged"]
    assert bool(acknowledged) is bool(awaits)
    page = forms.client.get(first.headers["Location"]).text
    assert "Undo" in page
    assert "Wrong partner" not in page
    forms.send(first.headers["Location"] + "/undo")
    assert thanks_for(service, partner) == ["d"]
    assert tap(forms, path, channel="email").status_code == 303
    assert thanks_for(service, partner) == []


def test_the_same_tap_twice_records_once(service: RunningService, forms: Forms) -> None:
    partner = new_partner(service.client)
    say(service.client, "HelpOffered", partner, offer="o", by="partner", kind="space")
    path = f"/partners/{partner}/offers"
    read(service.client, "/v1/partners")
    form = form_in(forms.client.get("/").text, path)
    fields = {**form.holds, "answer": ["OfferAccepted"]}
    first, second = (forms.client.post(path, data=fields) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


def test_an_offer_whose_day_has_passed_says_so_and_is_still_accepted(
    service: RunningService, forms: Forms
) -> None:
    partner = new_partner(service.client)
    today = datetime.now(UTC).date()
    before = (today - timedelta(days=9)).isoformat()
    past = (today - timedelta(days=2)).isoformat()
    data = {"offer": "late", "by": "partner", "kind": "space", "valid_until": past}
    offer = event("HelpOffered", partner, **data) | {"occurred_at": before}
    record(service.client, offer)
    read(service.client, "/v1/partners")
    assert "its day has passed" in forms.client.get("/").text
    path = f"/partners/{partner}/offers"
    answer = tap(forms, path, answer="OfferAccepted")
    assert "Offer accepted" in forms.client.get(answer.headers["Location"]).text


def test_an_answer_to_an_offer_is_undone_without_script(signed: Signed) -> None:
    with signed.page(PHONE, script=False) as page:
        page.goto("/")
        offers = page.locator("section", has_text="Offers to answer")
        waiting = offers.locator("li").count()
        assert waiting
        offers.get_by_role("button", name="Decline").first.click()
        page.wait_for_url("**/recorded/*")
        page.get_by_role("button", name="Undo").click()
        page.goto("/")
        expect(offers.locator("li")).to_have_count(waiting)
