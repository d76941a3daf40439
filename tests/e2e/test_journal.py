"""The journal, read by the real hledger and compared with the balances."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx2
import pytest

from contracts.quantity import plain
from services.cli.story.telling import record_story
from tests.e2e.asking import (
    Json,
    event,
    head,
    new_partner,
    pointers,
    problem,
    record,
    say,
)
from tests.e2e.test_real_data import DATA, DATES, ICEWS, imported, items_of
from tests.journals import Sums, by_hand, by_hledger, needs_hledger, told
from tests.running import RunningService, running_service

PATH: Final = "/v1/export/journal"
TOKYO: Final = ZoneInfo("Asia/Tokyo")
NOT_ADJUSTED: Final = "not:desc:^Adjustment of"
THREE_HOURS: Final = {"amount": "3", "unit": "hour"}


def journal_of(client: httpx2.Client, **query: Any) -> str:
    """The journal at a cut, reflecting all that was recorded so far."""
    asked = {"min_position": head(client), "wait": 30, **query}
    answer = client.get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def of_partner(sums: Sums, partner: str) -> dict[str, str]:
    """What the accounts of one partner hold: `12.5 hour`, by account."""
    mine = {key: n for key, n in sums.items() if key[0].startswith(f"{partner}:")}
    return {
        account.removeprefix(f"{partner}:"): f"{plain(n)} {unit}"
        for (account, unit), n in mine.items()
    }


def transactions_of(journal: str, partner: str) -> list[str]:
    """The transactions that post to a partner's accounts."""
    found = journal.split("\n\n")
    return [each.strip("\n") for each in found if f"\n    {partner}:" in each]


def assert_hledger_says_what_balances_say(client: httpx2.Client, **query: str) -> None:
    journal = journal_of(client, **query)
    expected = told(items_of(client, "/v1/balances", **query))
    assert expected
    assert by_hledger(journal) == expected, query
    assert by_hand(journal) == expected, query


@pytest.fixture(scope="module")
def story() -> Iterator[RunningService]:
    """A service whose ledger lives in Tokyo and holds the sample story."""
    with running_service(LEDGER_TIME_ZONE="Asia/Tokyo") as service:

        def post(items: list[Json], key: str) -> list[Json]:
            sent: list[Json] = record(service.client, items, {"Idempotency-Key": key})[
                "items"
            ]
            return sent

        record_story(post, datetime.now(TOKYO).date(), TOKYO)
        yield service


@needs_hledger
def test_hledger_has_the_balances_of_the_sample_story_on_any_date(
    story: RunningService,
) -> None:
    client = story.client
    now, half = datetime.now(UTC), head(client) // 2
    past = (now - timedelta(days=900)).date().isoformat()
    assert_hledger_says_what_balances_say(client, as_of=past)
    assert_hledger_says_what_balances_say(client, as_of=now.isoformat())
    known = {"known_at": f"position:{half}"}
    assert_hledger_says_what_balances_say(client, as_of=now.isoformat(), **known)
    assert_hledger_says_what_balances_say(client, as_of=past, **known)


@needs_hledger
@pytest.mark.skipif(not DATA.is_dir(), reason="the real data is not beside the project")
def test_hledger_has_the_balances_of_a_year_of_news_on_any_date() -> None:
    with imported("icews.toml", ICEWS, owner="Japan") as (client, _):
        for day in DATES:
            assert_hledger_says_what_balances_say(client, as_of=day)
        known = {"known_at": f"position:{head(client) // 2}"}
        assert_hledger_says_what_balances_say(client, as_of=DATES[-1], **known)


@needs_hledger
def test_what_was_given_beyond_a_promise_is_adjusted_at_the_cut(
    story: RunningService,
) -> None:
    client, partner = story.client, new_partner(story.client)
    promised = {"amount": "2", "unit": "hour"}
    terms = {"by": "us", "kind": "expertise"}
    offered = event("HelpOffered", partner, offer="o", quantity=promised, **terms)
    given = event("HelpDelivered", partner, offer="o", quantity=THREE_HOURS, **terms)
    for day, sent in (("2020-01-01", offered), ("2020-02-01", given)):
        record(client, {**sent, "occurred_at": day})
    journal = journal_of(client, as_of="2020-03-15")
    raw = of_partner(by_hledger(journal, NOT_ADJUSTED), partner)
    assert raw == {"given:accepted": "-1 hour", "given:awaiting": "3 hour"}
    assert of_partner(by_hledger(journal), partner) == {"given:awaiting": "3 hour"}
    *_, adjustment = transactions_of(journal, partner)
    assert adjustment.splitlines() == [
        "2020-03-15 Adjustment of an offer",
        f'    {partner}:given:accepted  1 "hour"  ; ref:o',
        f'    {partner}:given:world  -1 "hour"  ; ref:o',
    ]


def test_an_event_is_a_transaction_on_its_day_in_the_ledgers_zone(
    story: RunningService,
) -> None:
    client, partner = story.client, new_partner(story.client)
    sent = event("ResourceCommitted", partner, commitment="c", by="partner", kind="x")
    made = record(client, {**sent, "occurred_at": "2020-01-01T16:00:00Z"})
    (transaction,) = transactions_of(journal_of(client), partner)
    assert transaction.splitlines() == [
        f"2020-01-02 ({made['position']}) ResourceCommitted  ; event:{made['id']}",
        f'    {partner}:received:outstanding  1 "act"  ; ref:c',
        f'    {partner}:received:world  -1 "act"  ; ref:c',
    ]


def test_a_correction_undoes_the_event_on_its_old_day_and_posts_it_on_the_new(
    client: httpx2.Client, partner: str
) -> None:
    sent = event("HelpOffered", partner, by="us", kind="space")
    offer = record(client, {**sent, "occurred_at": "2020"})
    corrected = {"target": offer["id"], "occurred_at": "2021-05", "reason": "Typo."}
    correction = say(client, "EventCorrected", partner, **corrected)
    found = transactions_of(journal_of(client), partner)
    first, second = offer["position"], correction["position"]
    assert [each.split("  ;")[0] for each in found] == [
        f"2020-01-01 ({first}) HelpOffered",
        f"2020-01-01 ({second}) HelpOffered, undone",
        f"2021-05-01 ({second}) HelpOffered, anew",
    ]
    then = journal_of(client, known_at=f"position:{second - 1}")
    assert transactions_of(then, partner) == found[:1]


@needs_hledger
def test_merged_partners_read_as_the_survivor(client: httpx2.Client) -> None:
    merged, into = new_partner(client), new_partner(client)
    for partner in (merged, into):
        help_ = {"by": "partner", "kind": "space", "quantity": THREE_HOURS}
        say(client, "HelpDelivered", partner, delivery="d", **help_)
    say(client, "PartnerMerged", merged, into=into, reason="The same one.")
    journal = journal_of(client)
    received = {"received:acknowledged": "6 hour"}
    assert of_partner(by_hledger(journal), into) == received
    assert not transactions_of(journal, merged)
    refs = [line.split("ref:")[1] for line in journal.splitlines() if into in line]
    assert refs == [f"{merged}/d", f"{merged}/d", "d", "d"]
    before = journal_of(client, known_at=f"position:{head(client) - 1}")
    assert of_partner(by_hledger(before), merged) == {"received:acknowledged": "3 hour"}


@needs_hledger
def test_odd_names_amounts_and_years_are_read_exactly(story: RunningService) -> None:
    client = story.client
    amount = "99999999999999999999.999999999999"
    units = ("item:laptop", "item:1.5_-.", "e", "x-1", "jpy", "JPY", "h_")
    names = ("0", "1.5", "2014-01-01", "a~.--_", "date", "p-", "equity", "9" * 64)
    for name in names:
        items = [event("PartnerIdentified", name, name="Odd"), *_gifts(name, units)]
        record(client, [{**each, "occurred_at": "0001"} for each in items])
    extreme = event("HelpDelivered", "0", delivery="-.~_Z", by="us", kind="money")
    extreme["data"]["quantity"] = {"amount": amount, "unit": "JPY"}
    record(client, extreme)
    journal = journal_of(client, as_of="9999")
    sums = by_hledger(journal)
    assert sums == told(items_of(client, "/v1/balances", as_of="9999"))
    assert of_partner(sums, "0")["given:awaiting"] == f"{amount} JPY"
    received = {key for key in sums if key[0].split(":")[0] in names}
    assert len(received) == len(names) * len(units) + 1
    assert "\n0001-01-01 (" in journal
    assert "\n9999-12-31 Adjustment of" in journal


def _gifts(partner: str, units: tuple[str, ...]) -> list[Json]:
    terms = {"by": "partner", "kind": "goods"}
    quantities = [{"amount": "0.000000000001", "unit": unit} for unit in units]
    return [event("HelpDelivered", partner, quantity=q, **terms) for q in quantities]


def test_the_journal_says_its_cut_and_where_it_ends(story: RunningService) -> None:
    client = story.client
    answer = client.get(PATH, params={"as_of": "2020", "known_at": "position:3"})
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Ledger-Position"] == "3"
    lines = answer.text.splitlines()
    assert "As of 2020-12-31T14:59:59.999999Z, at position 3; " in lines[1]
    assert "Asia/Tokyo" in answer.text
    assert lines[-1] == "; end of the journal: 0 transactions"


@needs_hledger
def test_a_journal_without_a_transaction_is_one_too(client: httpx2.Client) -> None:
    assert not by_hledger(journal_of(client, as_of="0001"))


def test_benefits_stand_beside_the_balance_and_not_in_the_journal(
    client: httpx2.Client, partner: str
) -> None:
    gained = {"gained_by": "us", "confidence": "confirmed", "quantity": THREE_HOURS}
    say(client, "BenefitReported", partner, **gained)
    assert partner not in journal_of(client)


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/plain;q=0"])
def test_the_journal_is_plain_text_only(client: httpx2.Client, accept: str) -> None:
    problem(client.get(PATH, headers={"Accept": accept}), "not-acceptable")


@pytest.mark.parametrize("accept", ["text/plain; charset=utf-8", "text/*, */*;q=0.1"])
def test_a_client_may_ask_for_plain_text(client: httpx2.Client, accept: str) -> None:
    assert client.get(PATH, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("as_of=2014-13", "/query/as_of"),
        ("known_at=position:-1", "/query/known_at"),
        ("known_at=position:999999999", "/query/known_at"),
        ("limit=10", "/query"),
        ("wait=31", "/query/wait"),
    ],
)
def test_a_question_that_makes_no_sense_is_invalid(
    client: httpx2.Client, query: str, pointer: str
) -> None:
    assert pointers(problem(client.get(f"{PATH}?{query}"), "invalid")) == [pointer]


def test_the_journal_takes_a_key_that_may_read(
    service: RunningService, reading_key: str, recording_key: str
) -> None:
    with service.with_key(reading_key) as reader:
        assert reader.get(PATH).status_code == 200
    with service.with_key(recording_key) as recorder:
        problem(recorder.get(PATH), "forbidden")
    with service.anonymous() as nobody:
        problem(nobody.get(PATH), "unauthorized")


def test_another_ledger_is_not_in_the_journal(
    service: RunningService, foreign_key: str, partner: str
) -> None:
    say(service.client, "HelpDelivered", partner, by="us", kind="space")
    with service.with_key(foreign_key) as other:
        assert partner not in other.get(PATH).text
    assert partner in journal_of(service.client)


def test_the_journal_waits_for_what_was_recorded(client: httpx2.Client) -> None:
    beyond = {"min_position": head(client) + 1000, "wait": 0.1}
    problem(client.get(PATH, params=beyond), "not-yet")
