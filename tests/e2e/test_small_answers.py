"""What many faults in one request cost: an answer must not be a weapon."""

import json

import httpx2

from tests.e2e.asking import Json, contact, fresh, problem, send, send_lines


def full_of_faults(partner: str) -> Json:
    sent = contact(partner, key=fresh("k"))
    sent["data"]["persons"] = [1] * 6000
    return sent


def test_many_faults_in_one_event_make_no_huge_answer(
    client: httpx2.Client, partner: str
) -> None:
    sent = full_of_faults(partner)
    del sent["key"]
    answer = send(client, sent)
    assert problem(answer, "invalid")["errors"]
    assert len(answer.content) <= 2 * len(json.dumps(sent))


def test_many_faults_in_a_batch_make_no_huge_answer(
    client: httpx2.Client, partner: str
) -> None:
    lines = [full_of_faults(partner) for _ in range(10)]
    answer = send_lines(client, lines)
    assert answer.json()["refused"] == 10
    assert len(answer.content) <= 2 * len(json.dumps(lines))
