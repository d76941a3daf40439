"""Batches: many lines, one transaction, each line once."""

import json

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    contact,
    event,
    fresh,
    head,
    problem,
    record,
    send,
    send_lines,
)


def line(partner: str, key: str | None = None) -> Json:
    return contact(partner, key=key or fresh("k"))


def refusal(partner: str) -> Json:
    return {**event("OfferAccepted", partner, offer="none"), "key": fresh("k")}


def test_a_batch_is_recorded_and_counted(client: httpx2.Client, partner: str) -> None:
    before = head(client)
    answer = send_lines(client, [line(partner) for _ in range(3)])
    body = answer.json()
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert (body["recorded"], body["replayed"], body["refused"]) == (3, 0, 0)
    assert (body["problems"], body["position"]) == ([], before + 3)


def test_a_batch_again_is_replayed(client: httpx2.Client, partner: str) -> None:
    lines = [line(partner) for _ in range(3)]
    sourced = contact(partner, source={"system": "crm", "ref": fresh()})
    send_lines(client, [*lines, sourced])
    before = head(client)
    body = send_lines(client, [*lines, sourced, line(partner)]).json()
    assert (body["recorded"], body["replayed"], body["refused"]) == (1, 4, 0)
    assert head(client) == before + 1


def test_a_key_twice_in_a_batch_is_recorded_once(
    client: httpx2.Client, partner: str
) -> None:
    twice = line(partner)
    other = {**twice, "correlation": "another"}
    body = send_lines(client, [twice, twice, other]).json()
    assert (body["recorded"], body["replayed"], body["refused"]) == (1, 1, 1)
    assert body["problems"][0]["line"] == 3
    assert body["problems"][0]["problem"]["code"] == "idempotency-mismatch"


def test_a_key_of_a_line_is_the_key_of_a_recording(
    client: httpx2.Client, partner: str
) -> None:
    key = fresh("k")
    send_lines(client, [line(partner, key)])
    again = send(client, contact(partner), {"Idempotency-Key": key})
    assert again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("query", ["", "?on_error=skip"])
def test_faulty_lines_are_skipped_and_told(
    client: httpx2.Client, partner: str, query: str
) -> None:
    invalid = {**event("ContactMade", partner, by="we"), "key": fresh()}
    lines = [
        *("", line(partner), "  ", refusal(partner), "{not json", "\r"),
        *(invalid, "[1]", line(partner), ""),
    ]
    before = head(client)
    body = send_lines(client, lines, query).json()
    told = {p["line"]: p["problem"]["code"] for p in body["problems"]}
    assert told == {4: "conflict", 5: "invalid", 7: "invalid", 8: "invalid"}
    assert (body["recorded"], body["refused"]) == (2, 4)
    assert body["position"] == head(client) == before + 2


def test_a_problem_of_a_line_is_a_whole_problem(
    client: httpx2.Client, partner: str
) -> None:
    body = send_lines(client, [refusal(partner)]).json()
    told = body["problems"][0]["problem"]
    assert told.keys() >= {"type", "code", "status", "title", "detail", "errors"}
    assert (told["type"], told["status"]) == ("/problems/conflict", 409)


def test_a_line_without_key_and_source_is_refused(
    client: httpx2.Client, partner: str
) -> None:
    body = send_lines(client, [contact(partner), line(partner)]).json()
    assert (body["recorded"], body["refused"]) == (1, 1)
    assert body["problems"][0]["line"] == 1
    assert body["problems"][0]["problem"]["code"] == "invalid"


@pytest.mark.parametrize("key", ["", "k" * 256, 5, None, ["k"], "\ud800"], ids=ascii)
def test_a_line_with_a_wrong_key_is_refused(
    client: httpx2.Client, partner: str, key: object
) -> None:
    body = send_lines(client, [contact(partner, key=key)]).json()
    assert (body["recorded"], body["refused"]) == (0, 1)
    assert body["problems"][0]["problem"]["code"] == "invalid"


def test_a_later_line_sees_an_earlier_one(client: httpx2.Client) -> None:
    name = fresh()
    lines = [
        event("PartnerIdentified", name, name="Acme"),
        event("HelpOffered", name, offer="o", by="us", kind="space"),
        event("OfferAccepted", name, offer="o"),
        event("OfferAccepted", name, offer="o"),
    ]
    body = send_lines(client, [{**each, "key": fresh()} for each in lines]).json()
    assert (body["recorded"], body["refused"]) == (3, 1)


@pytest.mark.parametrize("code", ["conflict", "invalid"])
def test_with_abort_one_faulty_line_records_nothing(
    client: httpx2.Client, partner: str, code: str
) -> None:
    wrong = {**event("ContactMade", partner, by="we"), "key": fresh()}
    faulty = refusal(partner) if code == "conflict" else wrong
    good = line(partner)
    before = head(client)
    problem(send_lines(client, [good, faulty], "?on_error=abort"), code)
    assert head(client) == before
    body = send_lines(client, [good], "?on_error=abort").json()
    assert (body["recorded"], body["replayed"]) == (1, 0)


def test_another_way_to_treat_errors_is_invalid(
    client: httpx2.Client, partner: str
) -> None:
    problem(send_lines(client, [line(partner)], "?on_error=ignore"), "invalid")
    problem(send_lines(client, [line(partner)], "?on_errors=skip"), "invalid")


def test_5000_lines_are_accepted_and_empty_ones_do_not_count(
    client: httpx2.Client, partner: str
) -> None:
    lines = ["", *(line(partner) for _ in range(5000)), "", ""]
    body = send_lines(client, lines).json()
    assert (body["recorded"], body["refused"]) == (5000, 0)


def test_more_than_5000_lines_are_too_large(
    client: httpx2.Client, partner: str
) -> None:
    before = head(client)
    lines = [line(partner) for _ in range(5001)]
    problem(send_lines(client, lines), "too-large")
    assert head(client) == before


def test_a_batch_of_more_than_8_mib_is_too_large(
    client: httpx2.Client, partner: str
) -> None:
    before = head(client)
    one = json.dumps(line(partner))
    lines = [one + " " * 4000] * (8 * 1024 * 1024 // (len(one) + 4001) + 1)
    problem(send_lines(client, lines), "too-large")
    assert head(client) == before


def test_a_batch_may_be_larger_than_1_mib(client: httpx2.Client, partner: str) -> None:
    body = send_lines(
        client, [json.dumps(line(partner)) + " " * 20_000 for _ in range(100)]
    ).json()
    assert (body["recorded"], body["refused"]) == (100, 0)


def test_a_line_of_more_than_32_kib_is_refused_alone(
    client: httpx2.Client, partner: str
) -> None:
    large = json.dumps(line(partner)) + " " * 33_000
    body = send_lines(client, [large, line(partner)]).json()
    assert (body["recorded"], body["refused"]) == (1, 1)
    assert body["problems"][0]["problem"]["code"] == "too-large"


def test_an_empty_batch_records_nothing(client: httpx2.Client) -> None:
    before = head(client)
    body = send_lines(client, ["", " "]).json()
    assert (body["recorded"], body["refused"]) == (0, 0)
    assert body["position"] == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
def test_a_batch_is_sent_as_ndjson(
    client: httpx2.Client, partner: str, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    content = json.dumps(line(partner))
    answer = client.post("/v1/events/batch", content=content, headers=headers)
    problem(answer, "unsupported-media-type")


def test_a_place_in_a_list_means_nothing_in_a_batch(
    client: httpx2.Client, partner: str
) -> None:
    caused = contact(partner, causation="#1", key=fresh())
    body = send_lines(client, [line(partner), caused]).json()
    assert (body["recorded"], body["refused"]) == (1, 1)


def test_lines_may_end_in_carriage_returns(client: httpx2.Client, partner: str) -> None:
    lines = [json.dumps(line(partner)) + "\r" for _ in range(2)]
    assert send_lines(client, lines).json()["recorded"] == 2
    record(client, contact(partner))
