"""What may no longer be said of people whose data was erased."""

from contracts.events import EventData, PartnerRenamed, PersonAdded
from services.ledger.rules.checks import LedgerView
from services.ledger.rules.refusals import PersonErased
from services.ledger.rules.relationship import Relationship


def check_erased(
    state: Relationship, view: LedgerView, event_id: str, data: EventData
) -> None:
    """No new personal text about a person whose data was erased.

    It is about the people it names, else about the partner; and held against what is
    recorded now, since a correction brings new text to an old event.
    """
    if not _says_something_personal(state, data):
        return
    if isinstance(data, PersonAdded):
        erased = _is_erased(state, data.person or event_id)
    elif people := [ref for _, kind, ref in data.references() if kind == "person"]:
        erased = any(_person_erased(state, view, person) for person in people)
    else:
        erased = state.is_person and _is_erased(state, state.partner)
    if erased:
        raise PersonErased("/data")


def _says_something_personal(state: Relationship, data: EventData) -> bool:
    if isinstance(data, PartnerRenamed):
        return state.is_person
    return any(getattr(data, field) is not None for field in data.personal_fields())


def _is_erased(state: Relationship, person: str) -> bool:
    return state.find("erased", person) is not None


def _person_erased(state: Relationship, view: LedgerView, person: str) -> bool:
    """Who is nobody on this stream is one of ours."""
    is_here = state.find("person", person) is not None
    return _is_erased(state if is_here else view.own, person)
