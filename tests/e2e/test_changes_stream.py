"""How far the projections are can be followed, so that nobody has to ask again."""

from collections.abc import Iterable

import httpx2

from tests.e2e.asking import (
    contact,
    fresh,
    head,
    new_partner,
    pointers,
    problem,
    read,
    record,
)
from tests.e2e.listening import CHANGES, Block, Stream, listening
from tests.running import RunningService

POSTINGS = "postings"


def names(client: httpx2.Client) -> set[str]:
    return {item["name"] for item in client.get("/v1/projections").json()["items"]}


def told(blocks: Iterable[Block]) -> dict[str, int]:
    return {b.event["projection"]: b.event["position"] for b in blocks}


def follow_until(stream: Stream, projections: set[str], position: int) -> list[Block]:
    """All that is told until these projections stand at a position."""
    blocks: list[Block] = []
    while {n for n, at in told(blocks).items() if at >= position} < projections:
        blocks += stream.messages(1)
    return blocks


def test_whoever_comes_hears_where_each_projection_stands(
    client: httpx2.Client, partner: str
) -> None:
    read(client, f"/v1/partners/{partner}/balance")
    known = names(client)
    with listening(client, CHANGES) as stream:
        blocks = follow_until(stream, known, head(client))
    assert set(told(blocks)) == known
    assert all(int(b.id or 0) == b.event["position"] for b in blocks)


def test_each_projection_tells_that_it_has_moved(
    client: httpx2.Client, partner: str
) -> None:
    known = names(client)
    with listening(client, CHANGES) as stream:
        follow_until(stream, known, head(client))
        position = record(client, contact(partner))["position"]
        blocks = follow_until(stream, known, position)
    assert told(blocks) == dict.fromkeys(known, position)


def test_what_is_told_can_be_read_without_waiting(
    client: httpx2.Client, partner: str
) -> None:
    with listening(client, CHANGES, projection=POSTINGS) as stream:
        position = record(client, contact(partner))["position"]
        follow_until(stream, {POSTINGS}, position)
        query = {"min_position": position, "wait": 0}
        answer = client.get(f"/v1/partners/{partner}/balance", params=query)
    assert answer.status_code == 200


def test_one_projection_can_be_followed_alone(
    client: httpx2.Client, partner: str
) -> None:
    with listening(client, CHANGES, projection=POSTINGS) as stream:
        position = record(client, contact(partner))["position"]
        blocks = follow_until(stream, {POSTINGS}, position)
        ids = [int(b.id or 0) for b in blocks]
    assert set(told(blocks)) == {POSTINGS}
    assert ids == sorted(set(ids))


def test_whoever_comes_back_hears_of_what_moved_meanwhile_and_only_that(
    client: httpx2.Client, partner: str
) -> None:
    with listening(client, CHANGES, projection=POSTINGS) as stream:
        last = follow_until(stream, {POSTINGS}, head(client))[-1].id
    with listening(client, CHANGES, projection=POSTINGS, last=last) as stream:
        position = record(client, contact(partner))["position"]
        assert told(stream.messages(1)) == {POSTINGS: position}
    later = record(client, contact(partner))["position"]
    with listening(client, CHANGES, projection=POSTINGS, last=position) as stream:
        assert told(stream.messages(1)) == {POSTINGS: later}


def test_a_ledger_hears_nothing_of_the_projections_of_another(
    service: RunningService, client: httpx2.Client, partner: str
) -> None:
    key = service.make_key("record", "read", ledger=fresh("ledger"))
    with service.with_key(key) as other, listening(other, CHANGES) as stream:
        record(client, contact(partner))
        new_partner(other)
        blocks = follow_until(stream, {POSTINGS}, 1)
    assert {b.event["position"] for b in blocks} <= {0, 1}


def test_wrong_parameters_are_refused_before_the_stream_begins(
    client: httpx2.Client, recording_key: str, service: RunningService
) -> None:
    wrong = client.get(CHANGES, params={"projection": "No Name"})
    assert pointers(problem(wrong, "invalid")) == ["/query/projection/0"]
    unknown = client.get(CHANGES, params={"projection": "no_such"})
    assert pointers(problem(unknown, "invalid")) == ["/query/projection"]
    unknown = client.get(CHANGES, params={"after": "1"})
    assert pointers(problem(unknown, "invalid")) == ["/query"]
    back = client.get(CHANGES, headers={"Last-Event-ID": "x"})
    assert pointers(problem(back, "invalid")) == ["/header/last-event-id"]
    problem(client.get(CHANGES, headers={"Accept": "text/csv"}), "not-acceptable")
    with service.anonymous() as nobody, service.with_key(recording_key) as recorder:
        problem(nobody.get(CHANGES), "unauthorized")
        problem(recorder.get(CHANGES), "forbidden")
