"""One partner whole: how it stands, and everything that is between us."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.events import PersonAdded
from contracts.events.reading import Fact
from contracts.occurrence import format_instant
from services.foundation.answers import Answer, respond
from services.foundation.database import planned_once
from services.projections.answers.balances import read_nets
from services.projections.answers.documentation import PROBLEMS, UNKNOWN
from services.projections.answers.listing import row_of
from services.projections.answers.models.partner import PartnerWholeAnswer
from services.projections.answers.promises import search_promises
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.relationships import (
    facts_of,
    judge_of,
    see_one,
    uncertain,
)
from services.projections.answers.streams import streams_for
from services.projections.relationship.fold.agreements import run_at
from services.projections.relationship.fold.contacts import cadence_of
from services.projections.relationship.fold.flags import flag_names
from services.projections.relationship.fold.profile import Profile
from services.projections.relationship.fold.standing import Sight
from services.projections.relationship.fold.things import Alliance

router: Final = APIRouter(tags=["partners"], route_class=Answering)
Seen = Annotated[Question, Depends(asks("relationship"))]
Weighed = Annotated[Question, Depends(asks("postings"))]
OPEN: Final = frozenset({"open", "lapsed", "accepted"})


@router.get(
    "/v1/partners/{partner}",
    response_model=PartnerWholeAnswer,
    responses=PROBLEMS | UNKNOWN,
)
def get_partner(
    request: Request, partner: str, seen: Seen, weighed: Weighed
) -> Response:
    """How one partner stands, and its goals, principles, people, promises, issues."""
    with planned_once(request.app.state.pool) as connection:
        judge = judge_of(connection, seen)
        sight = see_one(connection, seen, judge, partner)
        body = {"partner": partner, **seen.clocks, "uncertain": uncertain(sight)}
        if sight is not None:
            body |= _shown(partner, sight)
            body["net"] = _net(connection, weighed, partner)
            body["persons"] = _persons(connection, seen, partner, sight.told.profile)
            for kind in ("offer", "commitment"):
                body[f"{kind}s"] = _open(connection, weighed, kind, partner)
    position = body["position"] = min(seen.position, weighed.position)
    headers = {**seen.headers, **weighed.headers}
    return respond(request, Answer(body, position, headers, seen.unstable))


def _net(connection: Connection[Any], weighed: Question, partner: str) -> Json:
    streams = streams_for(connection, weighed, partner)
    return read_nets(connection, weighed, streams).get(partner, {})


def _open(
    connection: Connection[Any], weighed: Question, kind: str, partner: str
) -> list[dict[str, Json]]:
    found = search_promises(connection, weighed, kind, partner, ("", ""))
    return [promise for promise in found if promise["state"] in OPEN]


def _shown(partner: str, sight: Sight) -> dict[str, Json]:
    """What the fold alone tells of a partner."""
    row = row_of(partner, sight)
    profile, contacts = sight.told.profile, sight.told.contacts
    first, last = contacts.first, contacts.last
    cadence = cadence_of(contacts, sight.setting.policy)
    return {
        **{name: row[name] for name in ("name", "kind", "country", "groups", "owner")},
        "names": dict(profile.names),
        "how": profile.how,
        "introduced_by": profile.introduced_by,
        "domains": list(profile.domains),
        "stage": row["stage"],
        "earned": row["earned"],
        "flags": flag_names(sight),
        "last_contact": row["last_contact"],
        "next_due": row["next_due"],
        "cadence": {
            "target_days": cadence.target_days,
            "max_days": cadence.max_days,
        },
        "contacts": {
            "days": contacts.days,
            "first": first.day.isoformat() if first else None,
            "last": last.day.isoformat() if last else None,
        },
        "goals": _things("goal", profile.goals),
        "principles": _things("principle", profile.principles),
        "ideas": _things("idea", profile.ideas),
        "alliances": [
            {"alliance": key, **_plain(alliance), "state": _state(key, alliance, sight)}
            for key, alliance in profile.alliances.items()
        ],
        "issues": _things("issue", profile.issues),
        "meetings": [
            {"meeting": key, "on": meeting.on, "channel": meeting.channel}
            for key, meeting in contacts.meetings.items()
            if meeting.last >= sight.as_of
        ],
    }


def _state(key: str, alliance: Alliance, sight: Sight) -> str:
    """What was last said of an alliance; once agreed its dates tell."""
    if alliance.state != "agreed":
        return alliance.state
    made = [a for a in sight.told.stages.agreements if a.alliance == key]
    if run_at(made, sight.as_of) is not None:
        return "in_force"
    over = any(a.until is not None and a.until <= sight.as_of for a in made)
    return "ended" if over else "agreed"


def _things(kind: str, things: Mapping[str, Any]) -> list[dict[str, Json]]:
    return [{kind: key, **_plain(told)} for key, told in things.items()]


def _plain(told: Any) -> dict[str, Json]:
    """The members of a thing, times as the ledger writes them."""
    return {name: _value(getattr(told, name)) for name in type(told).__slots__}


def _value(value: Any) -> Json:
    match value:
        case datetime():
            return format_instant(value)
        case tuple():
            return list(value)
        case _:
            return value


def _persons(
    connection: Connection[Any], seen: Question, partner: str, profile: Profile
) -> list[dict[str, Json]]:
    """The people; their names and addresses are read from the log, not from a row."""
    if not profile.persons:
        return []
    added = _added(facts_of(connection, seen, partner))
    people = []
    for key, person in profile.persons.items():
        data = added.get(person.event)
        left = person.left_at
        people.append(
            {
                "person": key,
                "side": person.side,
                "role": person.role,
                "name": data.name if data else None,
                "email": data.email if data else None,
                "phone": data.phone if data else None,
                "left_at": format_instant(left) if left else None,
            }
        )
    return people


def _added(facts: Iterable[Fact]) -> Mapping[str, PersonAdded]:
    return {f.event.id: f.data for f in facts if isinstance(f.data, PersonAdded)}
