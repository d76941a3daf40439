"""Keys and sources: the same request twice is recorded once."""

import json

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    contact,
    event,
    fresh,
    head,
    pointers,
    problem,
    record,
    say,
    send,
)


def keyed(key: str) -> Json:
    return {"Idempotency-Key": key}


def is_replay(answer: httpx2.Response) -> bool:
    assert answer.status_code == 201, answer.text
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_the_same_key_and_content_give_the_first_answer(
    client: httpx2.Client, partner: str
) -> None:
    key, sent = fresh("k"), contact(partner)
    first = send(client, sent, keyed(key))
    before = head(client)
    again = send(client, sent, keyed(key))
    assert not is_replay(first)
    assert is_replay(again)
    assert again.json() == first.json()
    for name in ("ETag", "Location", "Ledger-Position"):
        assert again.headers[name] == first.headers[name]
    assert head(client) == before


def test_the_first_answer_is_given_after_the_partner_moved_on(
    client: httpx2.Client, partner: str
) -> None:
    key, sent = fresh("k"), event("HelpOffered", partner, by="us", kind="space")
    first = send(client, sent, keyed(key)).json()
    say(client, "OfferAccepted", partner, offer=first["id"])
    say(client, "EventRetracted", partner, target=head_id(client), reason="No.")
    assert send(client, sent, keyed(key)).json() == first


def head_id(client: httpx2.Client) -> str:
    query: Json = {"order": "-position", "limit": 1}
    newest = client.get("/v1/events", params=query).json()["items"][0]
    return str(newest["id"])


def test_content_is_compared_as_json_and_not_as_text(
    client: httpx2.Client, partner: str
) -> None:
    key, sent = fresh("k"), contact(partner, correlation="第 é")
    send(client, sent, keyed(key))
    turned = dict(reversed(sent.items()))
    text = json.dumps(turned, indent=3, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", **keyed(key)}
    assert is_replay(client.post("/v1/events", content=text, headers=headers))


def test_a_key_with_other_content_is_a_mismatch(
    client: httpx2.Client, partner: str
) -> None:
    key = fresh("k")
    send(client, contact(partner), keyed(key))
    before = head(client)
    for other in (
        contact(partner, correlation="another"),
        [contact(partner)],
        event("GoalAsked", partner, by="us"),
    ):
        problem(send(client, other, keyed(key)), "idempotency-mismatch")
    assert head(client) == before


def test_the_order_of_a_list_is_content(client: httpx2.Client, partner: str) -> None:
    key, one, two = fresh("k"), contact(partner), contact(partner, correlation="c")
    first = send(client, [one, two], keyed(key))
    assert send(client, [one, two], keyed(key)).json() == first.json()
    problem(send(client, [two, one], keyed(key)), "idempotency-mismatch")


def test_a_key_is_used_up_only_by_what_was_recorded(
    client: httpx2.Client, partner: str
) -> None:
    key = keyed(fresh("k"))
    problem(send(client, event("GoalAchieved", partner, goal="g"), key), "conflict")
    problem(send(client, event("GoalAchieved", partner), key), "invalid")
    stale = {**key, "If-Match": '"99"'}
    problem(send(client, contact(partner), stale), "version-mismatch")
    assert not is_replay(send(client, contact(partner, correlation="new"), key))


def test_the_key_is_looked_at_before_the_version(
    client: httpx2.Client, partner: str
) -> None:
    headers = {**keyed(fresh("k")), "If-Match": '"1"'}
    assert not is_replay(send(client, contact(partner), headers))
    assert is_replay(send(client, contact(partner), headers))
    other = contact(partner, correlation="another")
    problem(send(client, other, headers), "idempotency-mismatch")


@pytest.mark.parametrize("key", ["k" * 255, '"a key, quoted"', "a!#$%&'*+-.^_`|~9"])
def test_a_key_is_a_token_or_quoted(
    client: httpx2.Client, partner: str, key: str
) -> None:
    sent = contact(partner)
    unique = key if len(key) == 255 else key.replace("a", fresh("a"), 1)
    unique = unique if key != "k" * 255 else fresh("k").ljust(255, "k")
    assert not is_replay(send(client, sent, keyed(unique)))
    assert is_replay(send(client, sent, keyed(unique)))


@pytest.mark.parametrize("key", ["", '""', "k" * 256, f'"{"k" * 256}"', '"open', "a b"])
def test_any_other_key_is_invalid(
    client: httpx2.Client, partner: str, key: str
) -> None:
    told = problem(send(client, contact(partner), keyed(key)), "invalid")
    assert len(pointers(told)) == 1


def test_two_keys_are_invalid(client: httpx2.Client, partner: str) -> None:
    headers = [
        ("Content-Type", "application/json"),
        ("Idempotency-Key", "one"),
        ("Idempotency-Key", "two"),
    ]
    content = json.dumps(contact(partner))
    problem(client.post("/v1/events", content=content, headers=headers), "invalid")


def test_fingerprints_leave_personal_fields_out(
    client: httpx2.Client, partner: str
) -> None:
    key = keyed(fresh("k"))
    sent = event("PersonAdded", partner, side="partner", name="Hanako", email="a@b.c")
    first = send(client, sent, key)
    sent["data"]["email"] = "other@b.c"
    again = send(client, sent, key)
    assert is_replay(again)
    assert again.json()["id"] == first.json()["id"]
    sent["data"]["role"] = "president"
    problem(send(client, sent, key), "idempotency-mismatch")


def sourced(partner: str, ref: str, **members: str) -> Json:
    return contact(partner, source={"system": "crm", "ref": ref}, **members)


def test_the_same_source_and_content_are_a_replay(
    client: httpx2.Client, partner: str
) -> None:
    sent = sourced(partner, fresh())
    first = send(client, sent)
    again = send(client, sent)
    assert (is_replay(first), is_replay(again)) == (False, True)
    assert again.json() == first.json()


def test_a_source_with_other_content_is_a_mismatch(
    client: httpx2.Client, partner: str
) -> None:
    ref = fresh()
    record(client, sourced(partner, ref))
    before = head(client)
    other = sourced(partner, ref, correlation="another")
    problem(send(client, other), "idempotency-mismatch")
    problem(send(client, other, keyed(fresh("k"))), "idempotency-mismatch")
    assert head(client) == before


def test_another_system_is_another_source(client: httpx2.Client, partner: str) -> None:
    ref = fresh()
    record(client, sourced(partner, ref))
    other = contact(partner, source={"system": "mail", "ref": ref})
    assert not is_replay(send(client, other))


def test_a_source_replayed_leaves_the_key_free(
    client: httpx2.Client, partner: str
) -> None:
    key, sent = keyed(fresh("k")), sourced(partner, fresh())
    record(client, sent)
    assert is_replay(send(client, sent, key))
    assert not is_replay(send(client, contact(partner), key))


def test_a_source_that_mismatches_leaves_the_key_free(
    client: httpx2.Client, partner: str
) -> None:
    key, ref = keyed(fresh("k")), fresh()
    record(client, sourced(partner, ref))
    other = sourced(partner, ref, correlation="another")
    problem(send(client, other, key), "idempotency-mismatch")
    assert not is_replay(send(client, contact(partner), key))


def test_retracting_an_event_frees_its_source(
    client: httpx2.Client, partner: str
) -> None:
    sent = sourced(partner, fresh())
    first = record(client, sent)
    say(client, "EventRetracted", partner, target=first["id"], reason="Not so.")
    anew = send(client, sent)
    assert not is_replay(anew)
    assert anew.json()["id"] != first["id"]
    assert is_replay(send(client, sent))


def test_a_source_that_was_refused_is_free(client: httpx2.Client, partner: str) -> None:
    source = {"system": "crm", "ref": fresh()}
    refused = {**event("GoalAchieved", partner, goal="g"), "source": source}
    problem(send(client, refused), "conflict")
    assert not is_replay(send(client, contact(partner, source=source)))
