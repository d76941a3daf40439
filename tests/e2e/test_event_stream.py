"""What is recorded can be followed: in order, once, from wherever one was."""

import threading

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    contact,
    event,
    fresh,
    head,
    new_partner,
    pointers,
    problem,
    record,
    say,
    send,
    send_lines,
)
from tests.e2e.listening import EVENTS, listening
from tests.running import RunningService

WRITERS, EACH = 8, 25


def positions(events: list[Json]) -> list[int]:
    return [event["position"] for event in events]


def logged(client: httpx2.Client, after: int, count: int) -> list[Json]:
    """The same events as the raw log gives them."""
    ids = range(after + 1, after + count + 1)
    page = client.get("/v1/events", params={"limit": 1000, "order": "-position"})
    found = {e["position"]: e for e in page.json()["items"]}
    return [found[i] for i in ids]


def many_recording(client: httpx2.Client, partner: str) -> list[threading.Thread]:
    """Writers that have begun."""

    def write() -> None:
        for _ in range(EACH):
            record(client, contact(partner))

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    return threads


def test_every_event_comes_once_and_in_order_while_many_record(
    client: httpx2.Client, partner: str
) -> None:
    begin = head(client)
    with listening(client) as stream:
        threads = many_recording(client, partner)
        told = stream.messages(WRITERS * EACH)
        for thread in threads:
            thread.join()
    assert [int(block.id or 0) for block in told] == positions([b.event for b in told])
    assert [block.event for block in told] == logged(client, begin, WRITERS * EACH)


def test_a_client_that_keeps_losing_its_connection_misses_and_doubles_nothing(
    client: httpx2.Client, partner: str
) -> None:
    begin = last = head(client)
    threads, told = many_recording(client, partner), list[int]()
    while len(told) < WRITERS * EACH:
        with listening(client, last=last) as stream:
            more = stream.messages(min(30, WRITERS * EACH - len(told)))
        told += [block.event["position"] for block in more]
        last = int(more[-1].id or 0)
    for thread in threads:
        thread.join()
    assert told == list(range(begin + 1, begin + WRITERS * EACH + 1))


def test_a_connection_lost_before_the_first_event_can_be_resumed(
    client: httpx2.Client, partner: str
) -> None:
    with listening(client) as stream:
        opening = stream.block()
        assert stream.answer.headers["Ledger-Position"] == opening.id
    recorded = record(client, contact(partner))
    with listening(client, last=opening.id) as stream:
        assert stream.events(1) == [recorded]


def test_a_client_says_once_where_to_begin_and_then_where_it_was(
    client: httpx2.Client, partner: str
) -> None:
    one, two = (record(client, contact(partner)) for _ in range(2))
    with listening(client, after=one["position"] - 1) as stream:
        assert stream.events(2) == [one, two]
    with listening(client, after=0, last=one["position"]) as stream:
        assert stream.events(1) == [two]


def test_a_new_event_comes_at_once(client: httpx2.Client, partner: str) -> None:
    with listening(client, partner=partner) as stream:
        stream.block()
        recorded = record(client, contact(partner))
        assert stream.events(1) == [recorded]


def test_types_and_partners_can_be_followed(
    client: httpx2.Client, partner: str
) -> None:
    begin, other = head(client), new_partner(client)
    kinds = ["GoalAsked", "PartnerIdentified"]
    with (
        listening(client, partner=partner) as of_partner,
        listening(client, after=begin, type=kinds) as of_types,
        listening(client, after=begin, partner=other, type=kinds) as of_both,
    ):
        record(client, contact(partner))
        say(client, "GoalAsked", partner, by="us")
        record(client, contact(other))
        say(client, "GoalAsked", other, by="us")
        told = [e["type"] for e in of_partner.events(2)]
        assert told == ["ContactMade", "GoalAsked"]
        told = [e["partner"] for e in of_types.events(3)]
        assert told == [other, partner, other]
        assert [e["type"] for e in of_both.events(2)] == kinds[::-1]


def test_a_client_far_behind_catches_up_page_by_page(client: httpx2.Client) -> None:
    begin, partner = head(client), new_partner(client)
    told = [{**contact(partner), "key": fresh()} for _ in range(900)]
    told[::100] = [{**event("GoalAsked", partner, by="us"), "key": fresh()}] * 9
    assert send_lines(client, told).json()["refused"] == 0
    end = head(client)
    with listening(client, after=begin) as everything:
        found = positions(everything.events(end - begin))
    assert found == list(range(begin + 1, end + 1))
    with listening(client, after=begin, type="ContactMade") as contacts:
        found = positions(contacts.events(891))
        assert found == sorted(set(found))
        more = record(client, contact(partner))
        assert contacts.events(1) == [more]


def test_a_ledger_hears_nothing_of_another(
    service: RunningService, client: httpx2.Client, partner: str
) -> None:
    key = service.make_key("record", "read", ledger=fresh("ledger"))
    with service.with_key(key) as other, listening(other) as stream:
        record(client, contact(partner))
        there = new_partner(other)
        record(other, contact(there))
        told = stream.events(2)
    assert {e["partner"] for e in told} == {there}
    assert positions(told) == [1, 2]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"after": "-1"}, "/query/after"),
        ({"after": str(2**60)}, "/query/after"),
        ({"type": "No Type"}, "/query/type/0"),
        ({"partner": "NO PARTNER"}, "/query/partner"),
        ({"format": "xml"}, "/query/format"),
        ({"from": "1"}, "/query"),
    ],
)
def test_a_wrong_parameter_is_refused_before_the_stream_begins(
    client: httpx2.Client, query: dict[str, str], pointer: str
) -> None:
    answer = client.get(EVENTS, params=query)
    assert pointers(problem(answer, "invalid")) == [pointer]


@pytest.mark.parametrize("last", ["", "x", "-1", str(2**60), str(2**70)])
def test_a_wrong_last_event_id_is_refused(client: httpx2.Client, last: str) -> None:
    answer = client.get(EVENTS, headers={"Last-Event-ID": last})
    assert pointers(problem(answer, "invalid")) == ["/header/last-event-id"]


def test_following_needs_a_key_that_may_read(
    service: RunningService, recording_key: str
) -> None:
    with service.anonymous() as nobody, service.with_key(recording_key) as recorder:
        problem(nobody.get(EVENTS), "unauthorized")
        problem(recorder.get(EVENTS), "forbidden")


def test_a_stream_comes_as_server_sent_events_only(client: httpx2.Client) -> None:
    refused = client.get(EVENTS, headers={"Accept": "application/json"})
    problem(refused, "not-acceptable")
    with listening(client) as stream:
        headers = stream.answer.headers
    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"


def test_an_event_is_still_found_beside_the_stream(
    client: httpx2.Client, partner: str
) -> None:
    recorded = send(client, contact(partner))
    assert client.get(recorded.headers["Location"]).status_code == 200
