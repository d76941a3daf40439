"""What an alliance is at an instant, and what each side promised and delivered."""

from datetime import UTC, datetime

import pytest

from contracts.occurrence import interval
from services.projections.answers.alliance_bodies import Told, sums, with_partner
from services.projections.answers.alliance_help import Help, help_of
from services.projections.answers.alliance_states import (
    Tie,
    leading,
    summary,
    ties,
)
from services.projections.relationship.fold.moment import Setting, moment_of
from services.projections.relationship.fold.policy import V1
from services.projections.relationship.fold.relationship import fold, in_order
from tests.scenario import Step, correction, given, retraction, step
from tests.unit import steps as s

proposed = s.proposed.but(at="2014-03-01")
agreed = s.agreed.but(at="2014-03-05", starts="2014-04-01", ends="2014-06")
ended = s.ended.but(at="2014-05-10")
committed = s.committed.but(at="2014-04-02", alliance="a")
delivered = s.delivered.but(at="2014-04-10", quantity=s.hours("4"))


def told(*steps: Step, as_of: str = "2020", zone: str = "UTC") -> list[Told]:
    """The alliances with acme, as of a date."""
    ledger = given(s.identified.but(at="2014"), *steps, zone=zone).ledger
    setting = Setting("acme", ledger.zone, V1)
    instant = interval(as_of, ledger.zone).last
    facts = [f for f in in_order(ledger.facts()) if f.acts_from <= instant]
    help_ = help_of([moment_of(f, n, setting) for n, f in enumerate(facts, 1)])
    return [Told(tie, help_) for tie in ties("acme", fold(facts, setting), instant)]


def tie(*steps: Step, as_of: str = "2020", zone: str = "UTC") -> Tie:
    (one,) = told(*steps, as_of=as_of, zone=zone)
    return one.tie


def part(*steps: Step, as_of: str = "2020") -> Help:
    (one,) = told(*steps, as_of=as_of)
    return one.part


def silent(*steps: Step, as_of: str) -> list[str]:
    (one,) = told(*steps, as_of=as_of)
    found = with_partner(one, interval(as_of, UTC).last)["silent"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2014-03-01", "proposed"),
        ("2014-03-05", "agreed"),
        ("2014-03-31", "agreed"),
        ("2014-04-01", "in_force"),
        ("2014-05-09", "in_force"),
        ("2014-05-10", "ended"),
        ("2020", "ended"),
    ],
)
def test_an_alliance_is_in_force_by_its_dates(as_of: str, state: str) -> None:
    assert tie(proposed, agreed, ended, as_of=as_of).state == state


def test_an_agreement_ends_with_its_last_day_in_the_ledgers_zone() -> None:
    before, after = "2014-06-30T14:59:59.999999Z", "2014-06-30T15:00:00Z"
    assert tie(agreed, as_of=before, zone="Asia/Tokyo").state == "in_force"
    assert tie(agreed, as_of=after, zone="Asia/Tokyo").state == "ended"


def test_a_proposal_is_what_was_said_of_it_last() -> None:
    put_off = s.put_off.but(at="2014-03-03")
    turned_down = s.turned_down.but(at="2014-03-04")
    assert tie(proposed, put_off).state == "deferred"
    assert tie(proposed, put_off, turned_down).state == "declined"
    assert tie(proposed, put_off, agreed, as_of="2014-05").state == "in_force"
    assert not told(proposed, as_of="2014-02-28")


def test_what_is_ended_before_it_starts_is_never_in_force() -> None:
    called_off = s.ended.but(at="2014-03-20")
    one = told(agreed, called_off, as_of="2014-05")[0]
    assert one.tie.state == "ended"
    shown = with_partner(one, datetime(2014, 5, 31, tzinfo=UTC))
    assert (shown["in_force_from"], shown["in_force_to"]) == (None, None)
    assert shown["silent"] == []


def test_of_several_partners_the_one_in_force_tells_the_state() -> None:
    over = tie(agreed.but(name="Old"), ended)
    ahead = tie(agreed.but(starts="2030", ends="2031", name="Ahead"))
    live = tie(agreed.but(ends="2030", name="Live"))
    asked = tie(proposed)
    assert leading([over, asked, ahead, live]) is live
    assert leading([over, asked, ahead]) is ahead
    assert leading([over, asked]) is asked
    later = tie(agreed.but(at="2014-03-07", ends="2030", name="Later"))
    assert summary("a", [later, live])["name"] == "Later"
    assert summary("a", [])["state"] is None


def test_a_delivery_is_for_the_alliance_that_it_or_its_commitment_names() -> None:
    steps = (
        agreed,
        committed,
        step("ResourceCommitted", at="2014-04-02", commitment="x", by="us", kind="a"),
        delivered.but(delivery="by-name", alliance="a"),
        delivered.but(delivery="by-promise", commitment="c"),
        delivered.but(delivery="other"),
        delivered.but(delivery="elsewhere", quantity=None, commitment="x"),
    )
    found = part(*steps)
    assert set(found.commitments) == {"c"}
    assert set(found.deliveries) == {"by-name", "by-promise"}
    assert sums(told(*steps))["given"] == {
        "promised": {"hour": "10"},
        "delivered": {"hour": "8"},
    }


def test_an_open_commitment_counts_whole_and_a_closed_one_as_delivered() -> None:
    against = delivered.but(commitment="c")
    (open_,) = part(agreed, committed, against).commitments.values()
    assert (str(open_.promised), str(open_.remaining)) == ("10", "6")
    more = s.changed.but(at="2014-04-12")
    (grown,) = part(agreed, committed, against, more).commitments.values()
    assert (str(grown.promised), str(grown.remaining)) == ("15", "11")
    for closing in (s.cancelled, delivered.but(commitment="c", completes=True)):
        last = closing.but(
            at="2014-05", delivery="z" if closing.data.get("by") else None
        )
        (closed,) = part(agreed, committed, against, last).commitments.values()
        assert closed.promised == closed.against
        assert closed.remaining == 0
        assert closed.state in {"cancelled", "completed"}


def test_help_in_another_unit_does_not_count_against_a_promise_without_quantity() -> (
    None
):
    promise = committed.but(quantity=None)
    steps = (agreed, promise, delivered.but(commitment="c"))
    (one,) = part(*steps).commitments.values()
    assert (one.unit, str(one.against), str(one.remaining)) == ("act", "0", "1")
    assert sums(told(*steps))["given"] == {
        "promised": {"act": "1"},
        "delivered": {"hour": "4"},
    }


def test_what_is_conceded_was_not_delivered() -> None:
    named = delivered.but(alliance="a")
    disputed = s.disputed.but(at="2014-04-12", quantity=s.hours("1.5"))
    thanked = s.acknowledged.but(at="2014-04-13", quantity=s.hours("2"))
    settled = s.resolved.but(at="2014-04-14", outcome="conceded")
    (one,) = part(agreed, named, disputed, thanked, settled).deliveries.values()
    assert (str(one.delivered), str(one.acknowledged)) == ("2.5", "2")
    again = s.resolved.but(at="2014-04-14")
    (one,) = part(agreed, named, disputed, thanked, again).deliveries.values()
    assert (str(one.delivered), str(one.acknowledged)) == ("4", "3.5")
    (one,) = part(agreed, named.but(by="partner")).deliveries.values()
    assert str(one.acknowledged) == "4"


def test_a_side_is_silent_that_delivered_nothing_while_in_force() -> None:
    before = delivered.but(at="2014-03-31")
    assert silent(agreed, before, as_of="2014-03-31") == []
    assert silent(agreed, before, as_of="2014-04-01") == ["us", "partner"]
    assert silent(agreed, delivered, as_of="2014-05") == ["partner"]
    both = (agreed, delivered, delivered.but(by="partner", delivery="e"))
    assert silent(*both, as_of="2014-05") == []
    late = delivered.but(at="2014-05-10", by="partner", delivery="e")
    assert silent(agreed, delivered, ended, late, as_of="2020") == ["partner"]


def test_what_is_corrected_or_retracted_reads_as_now_known() -> None:
    named = delivered.but(alliance="a")
    other = correction(named, data=dict(named.but(kind="goods").data))
    (one,) = part(agreed, named, other).deliveries.values()
    assert one.kind == "goods"
    assert not part(agreed, named, retraction(named)).deliveries
