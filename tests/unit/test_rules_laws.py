"""Laws of the rules, over random histories of which they allow a part."""

from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import event, given, settings
from hypothesis import strategies as st

from contracts.events import EventCorrected, EventRetracted
from contracts.quantity import exact_arithmetic
from services.ledger.rules.checks import LedgerView, Proposed, check
from services.ledger.rules.refusals import Refusal
from services.ledger.rules.replay import Streams
from tests.histories import ZONES, histories, resolve
from tests.scenario_ledger import Invalid, Ledger, Step, retraction

law = settings(max_examples=60, deadline=None)
GOVERNANCE = EventCorrected | EventRetracted


def told(history: list[dict[str, Any]], zone: str) -> Ledger:
    """A ledger that recorded what of a history the rules allow."""
    ledger, ids = Ledger(ZoneInfo(zone)), dict[int, str]()
    for index, request in enumerate(history):
        filled = resolve(request, ids)
        if filled is None:
            continue
        of, at = filled["partner"], filled["occurred_at"]
        try:
            ids[index] = ledger.record(Step(filled["type"], filled["data"], of, at)).id
        except (Refusal, Invalid):
            event("refused")
    return ledger


@law
@given(histories(size=30), st.sampled_from(ZONES))
def test_what_is_recorded_obeys_the_rules_however_it_was_revised(
    history: list[dict[str, Any]], zone: str
) -> None:
    ledger, streams = told(history, zone), Streams()
    with exact_arithmetic():
        for fact in ledger.facts():
            if isinstance(fact.data, GOVERNANCE):
                continue
            state = streams.state(fact.event.partner)
            view = LedgerView(streams.state("_ledger"), streams.all_states())
            check(state, view, Proposed(fact.event.id, fact.data, fact.completed))
            streams = streams.after(fact)


@law
@given(histories(size=20), st.sampled_from(ZONES), st.data())
def test_taking_back_a_retraction_leaves_no_trace(
    history: list[dict[str, Any]], zone: str, data: st.DataObject
) -> None:
    ledger = told(history, zone)
    before = [f for f in ledger.facts() if not isinstance(f.data, EventRetracted)]
    if not before:
        return
    chosen = data.draw(st.sampled_from(before)).event
    (target,) = [step for step, name in ledger.ids.items() if name == chosen.id]
    taken_back = retraction(target)
    try:
        ledger.record(taken_back)
    except Refusal:
        event("depended upon")
        return
    ledger.record(retraction(taken_back))
    after = [f for f in ledger.facts() if not isinstance(f.data, EventRetracted)]
    assert after == before
