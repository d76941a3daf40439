"""`If-Match`: recording only when the partner's stream has not moved."""

import json

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
    send,
)


def at(version: int | str) -> Json:
    return {"If-Match": version if isinstance(version, str) else f'"{version}"'}


def test_version_0_means_no_such_partner_yet(client: httpx2.Client) -> None:
    sent = event("PartnerIdentified", fresh(), name="Acme")
    assert send(client, sent, at(0)).headers["ETag"] == '"1"'
    problem(send(client, sent, at(0)), "version-mismatch")


def test_the_tag_of_a_receipt_is_the_next_precondition(
    client: httpx2.Client, partner: str
) -> None:
    tag = '"1"'
    for version in (2, 3, 4):
        tag = send(client, contact(partner), at(tag)).headers["ETag"]
        assert tag == f'"{version}"'


@pytest.mark.parametrize("version", [0, 1, 3, 999_999_999])
def test_another_version_than_the_streams_is_a_mismatch(
    client: httpx2.Client, partner: str, version: int
) -> None:
    record(client, contact(partner))
    before = head(client)
    problem(send(client, contact(partner), at(version)), "version-mismatch")
    assert head(client) == before


def test_a_version_of_an_unknown_partner_is_a_mismatch(client: httpx2.Client) -> None:
    sent = event("PartnerIdentified", fresh(), name="Acme")
    problem(send(client, sent, at(1)), "version-mismatch")


def test_the_version_is_looked_at_before_the_rules(
    client: httpx2.Client, partner: str
) -> None:
    sent = event("GoalAchieved", partner, goal="none")
    problem(send(client, sent, at(7)), "version-mismatch")
    problem(send(client, sent, at(1)), "conflict")


def test_what_is_invalid_is_invalid_at_any_version(
    client: httpx2.Client, partner: str
) -> None:
    problem(send(client, event("GoalAchieved", partner), at(7)), "invalid")


def test_without_it_the_newest_state_decides(
    client: httpx2.Client, partner: str
) -> None:
    record(client, contact(partner))
    assert record(client, contact(partner))["version"] == 3


MALFORMED = ["*", 'W/"1"', "1", '"a"', '"01"', '"-1"', '"1.0"', '"1", "2"', '""', '"1']


@pytest.mark.parametrize("sent", [*MALFORMED, "", f'"{"9" * 400}"', b'"\xef\xbc\x91"'])
def test_any_other_tag_is_invalid(
    client: httpx2.Client, partner: str, sent: str | bytes
) -> None:
    before = head(client)
    tag = sent if isinstance(sent, bytes) else sent.encode()
    headers = [(b"Content-Type", b"application/json"), (b"If-Match", tag)]
    content = json.dumps(contact(partner))
    answer = client.post("/v1/events", content=content, headers=headers)
    assert len(pointers(problem(answer, "invalid"))) == 1
    assert head(client) == before


def test_two_tags_are_invalid(client: httpx2.Client, partner: str) -> None:
    headers = [
        ("Content-Type", "application/json"),
        ("If-Match", '"1"'),
        ("If-Match", '"1"'),
    ]
    content = json.dumps(contact(partner))
    problem(client.post("/v1/events", content=content, headers=headers), "invalid")


def test_a_list_of_one_partner_is_recorded_at_its_version(
    client: httpx2.Client, partner: str
) -> None:
    answer = send(client, [contact(partner), contact(partner)], at(1))
    assert answer.headers["ETag"] == '"3"'
    problem(send(client, [contact(partner)], at(1)), "version-mismatch")


def test_a_list_of_two_partners_has_no_version(client: httpx2.Client) -> None:
    one, two = new_partner(client), new_partner(client)
    before = head(client)
    problem(send(client, [contact(one), contact(two)], at(1)), "invalid")
    assert head(client) == before


def test_two_partners_made_from_names_have_no_version(client: httpx2.Client) -> None:
    sent = [
        {"type": "PartnerIdentified", "data": {"name": fresh(name)}}
        for name in ("Zebra", "Yak")
    ]
    problem(send(client, sent, at(0)), "invalid")


def test_only_the_first_of_two_with_the_same_version_is_recorded(
    client: httpx2.Client, partner: str
) -> None:
    first = send(client, contact(partner), at(1))
    second = send(client, contact(partner, correlation="b"), at(1))
    assert first.status_code == 201
    problem(second, "version-mismatch")
