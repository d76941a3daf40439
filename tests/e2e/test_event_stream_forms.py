"""Followed events come natively or as CloudEvents, and never with personal data."""

import json
from collections.abc import Iterator
from datetime import datetime

import httpx2
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.e2e.asking import Json, contact, fresh, head, new_partner, record, say
from tests.e2e.listening import Stream, listening


def cloud(stream: Stream, count: int) -> list[CloudEvent]:
    read = JSONFormat().read
    texts = [block.data or "" for block in stream.messages(count)]
    events = [read(CloudEvent, text) for text in texts]
    return [e for e in events if isinstance(e, CloudEvent)]


def test_events_come_as_cloud_events_too(client: httpx2.Client, partner: str) -> None:
    begin = head(client)
    first = record(client, contact(partner, occurred_at="2014-02"))
    record(client, contact(partner, causation=first["id"], correlation="a\nb"))
    with listening(client, after=begin, format="cloudevents") as stream:
        one, two = cloud(stream, 2)
    assert (one.get_specversion(), one.get_type()) == ("1.0", "ContactMade")
    assert one.get_id() == first["id"]
    assert one.get_subject() == one.get_extension("partner") == partner
    assert one.get_time() == datetime.fromisoformat(first["recorded_at"])
    assert one.get_datacontenttype() == "application/json"
    assert one.get_extension("position") == begin + 1
    assert one.get_extension("occurredat") == "2014-02"
    assert one.get_data() == first
    assert one.get_source() == two.get_source() == "/ledgers/default"
    assert one.get_extension("causationid") is None
    assert two.get_extension("causationid") == first["id"]


SECRET = "Hanako Secret"


def personal_facts(client: httpx2.Client) -> Iterator[Json]:
    """Facts of each kind that holds personal data, with their corrections."""
    company, person = new_partner(client), fresh("someone")
    names = {"name": SECRET, "names": {"ja": SECRET}}
    yield say(client, "PartnerIdentified", person, **names, kind="person", country="JP")
    yield say(client, "PartnerRenamed", person, **names)
    added = say(
        client,
        "PersonAdded",
        company,
        side="partner",
        name=SECRET,
        email=SECRET,
        phone=SECRET,
        role="president",
    )
    yield added
    made = record(client, contact(company))
    noted = {"by": "us", "channel": "phone", "note": SECRET, "topic": "goals"}
    corrections = {
        made["id"]: noted,
        added["id"]: {**added["data"], "name": SECRET + " too"},
    }
    for target, data in corrections.items():
        change = {"target": target, "data": data, "reason": "It was otherwise."}
        yield say(client, "EventCorrected", company, **change)
    yield say(client, "ContactMade", company, **noted)


@pytest.mark.parametrize("form", ["native", "cloudevents"])
def test_nothing_personal_is_in_the_feed(client: httpx2.Client, form: str) -> None:
    begin = head(client)
    count = len(list(personal_facts(client)))
    with listening(client, after=begin, format=form) as stream:
        told = [block.data or "" for block in stream.messages(count + 2)]
    assert SECRET in client.get("/v1/events", params={"order": "-position"}).text
    assert not [text for text in told if SECRET in text or "names" in text]
    told_data = [json.loads(text)["data"] for text in told]
    data = told_data if form == "native" else [each["data"] for each in told_data]
    assert {"kind": "person", "country": "JP"} in data
    assert {"by": "us", "channel": "phone", "topic": "goals"} in data
    assert {"side": "partner", "role": "president"} in data


def test_names_are_personal_once_a_partner_turns_out_to_be_a_person(
    client: httpx2.Client,
) -> None:
    begin, partner = head(client), fresh()
    first = say(client, "PartnerIdentified", partner, name=SECRET)
    data = {"name": SECRET, "kind": "person"}
    change = {"target": first["id"], "data": data, "reason": "A person."}
    say(client, "EventCorrected", partner, **change)
    with listening(client, after=begin) as stream:
        one, two = stream.events(2)
    assert one["data"] == {}
    assert two["data"]["data"] == {"kind": "person"}


def test_the_names_of_organisations_are_told(
    client: httpx2.Client, partner: str
) -> None:
    renamed = say(client, "PartnerRenamed", partner, name="Another")
    with listening(client, after=renamed["position"] - 1) as stream:
        assert stream.events(1) == [renamed]
