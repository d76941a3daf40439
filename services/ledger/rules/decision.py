"""Whether a fact may be recorded now, and what it is completed with."""

from datetime import datetime

from contracts.events import EventData
from contracts.quantity import exact_arithmetic
from services.ledger.rules.checks import LedgerView, Proposed, check
from services.ledger.rules.completion import Completed, complete
from services.ledger.rules.erasure import check_erased
from services.ledger.rules.relationship import Relationship


def decide(
    state: Relationship,
    view: LedgerView,
    event_id: str,
    data: EventData,
    occurred_from: datetime,
) -> Completed:
    """The `completed` part of the event to record; raises a Refusal if it may not be.

    Corrections and retractions are decided by `revision.revise` instead.
    """
    with exact_arithmetic():
        completed = complete(state, data, occurred_from)
        check(state, view, Proposed(event_id, data, completed))
        check_erased(state, view, event_id, data)
    return completed
