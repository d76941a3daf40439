"""What to do today: whom to contact, what we promised, offers, thanks, meetings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json, parse_json
from contracts.occurrence import EARLIEST, day_of, format_instant
from services.foundation.answers import respond
from services.foundation.database import statement
from services.foundation.problems import language_of
from services.foundation.queries import QueryText
from services.projections.answers.documentation import PROBLEMS, SPOKEN
from services.projections.answers.listing import folded_anew
from services.projections.answers.models.today import TodayAnswer
from services.projections.answers.open_promises import open_promises
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.relationships import Judge, judge_of, see
from services.projections.answers.stages import spoken
from services.projections.answers.suggestions import in_words, suggest
from services.projections.answers.uncertain import Weighed, uncertain_beside
from services.projections.relationship.fold.contacts import cadence_of, is_put_off
from services.projections.relationship.fold.flags import flag_names
from services.projections.relationship.fold.standing import Sight

HERE: Final = "services.projections.answers"
THANKED_WITHIN: Final = timedelta(days=90)
PARTNERS_AT_ONCE: Final = 25
router: Final = APIRouter(tags=["today"], route_class=Answering)
Asked = Annotated[Question, Depends(asks("relationship", past=False))]


@dataclass(frozen=True, slots=True)
class Day:
    """What the day's lists are read with."""

    connection: Connection[Any]
    question: Question
    judge: Judge
    owner: str | None
    limit: int
    language: str
    folded: Mapping[str, Sight]

    def parameters(self, **more: Any) -> dict[str, Any]:
        """The parameters of the day's statements."""
        return self.question.parameters(
            folded=list(self.folded), owner=self.owner, **more
        )

    @property
    def date(self) -> date:
        """The day, in the ledger's zone."""
        return day_of(self.question.as_of, self.question.grant.zone)

    def is_ours(self, seen: Sight) -> bool:
        """Whether somebody asked for looks after the partner."""
        return self.owner is None or seen.told.profile.owner == self.owner


@router.get("/v1/today", response_model=TodayAnswer, responses=PROBLEMS | SPOKEN)
def get_today(
    request: Request,
    question: Asked,
    weighed: Weighed,
    owner: Annotated[QueryText | None, Query(description="A person of ours.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Of each list.")] = 20,
) -> Response:
    """Whom to contact next, what we promised, what to answer, thank for and attend."""
    with request.app.state.pool.connection() as connection:
        judge = judge_of(connection, question)
        folded = folded_anew(connection, question, judge)
        language = language_of(request)
        day = Day(connection, question, judge, owner, limit, language, folded)
        cut = question.at_most(weighed.position)
        body = {
            "owner": owner,
            **cut.clocks,
            **uncertain_beside(connection, question, weighed),
            "contact": list(islice(_contacts(day), limit)),
            **_named(
                day,
                promised=_promises(day, "commitment", "us"),
                offers=_promises(day, "offer", "partner"),
                thanks=list(islice(_thanks(day), limit)),
                meetings=list(islice(_meetings(day), limit)),
            ),
        }
    return respond(request, cut.answer(body, spoken(request)))


def _named(day: Day, **lists: list[dict[str, Json]]) -> dict[str, Json]:
    """The lists, each item with what its partner is called."""
    partners = list({item["partner"] for items in lists.values() for item in items})
    parameters = day.parameters(partners=partners)
    rows = day.connection.execute(statement(HERE, "names"), parameters).fetchall()
    called = {p: {"name": name, "names": parse_json(names)} for p, name, names in rows}
    for partner, seen in day.folded.items():
        called[partner] = _called(seen)

    def with_name(item: dict[str, Json]) -> dict[str, Json]:
        partner = str(item["partner"])  # gone from the rows if it was merged just now
        return {**item, **called.get(partner, {"name": partner, "names": {}})}

    return {name: [with_name(i) for i in items] for name, items in lists.items()}


def _called(seen: Sight) -> dict[str, Json]:
    profile = seen.told.profile
    return {"name": profile.name, "names": dict(profile.names)}


def _contacts(day: Day) -> Iterator[dict[str, Json]]:
    """The partners who are cooling, longest overdue for their cadence first."""
    late = {
        partner: score
        for partner, seen in day.folded.items()
        if day.is_ours(seen) and (score := _score(seen, day)) > 0
    }
    mine = sorted(late, key=lambda partner: (-late[partner], partner))
    skipped = 0
    while True:
        rows = day.connection.execute(
            statement(HERE, "next_contacts"),
            day.parameters(day=day.date, max_rows=PARTNERS_AT_ONCE, skipped=skipped),
        ).fetchall()
        names = [partner for partner, *_ in rows]
        seen = see(day.connection, day.question, day.judge, names)
        for partner in names:
            score = _score(seen[partner], day)
            while mine and late[mine[0]] > score:
                yield from _contact(mine[0], day.folded[mine.pop(0)], day)
            yield from _contact(partner, seen[partner], day)
        skipped += len(rows)
        if len(rows) < PARTNERS_AT_ONCE:
            break
    for partner in mine:
        yield from _contact(partner, day.folded[partner], day)


def _score(seen: Sight, day: Day) -> float:
    last, target = seen.told.contacts.last, _target(seen)
    if last is None or seen.told.stages.ended_on is not None:
        return 0
    return max((day.date - last.day).days - target, 0) / target


def _target(seen: Sight) -> int:
    return cadence_of(seen.told.contacts, seen.setting.policy).target_days


def _contact(partner: str, seen: Sight, day: Day) -> Iterator[dict[str, Json]]:
    contacts = seen.told.contacts
    if contacts.last is None or is_put_off(contacts, day.question.as_of):
        return
    act = suggest(seen)
    yield {
        "partner": partner,
        **_called(seen),
        "owner": seen.told.profile.owner,
        "stage": seen.told.stages.now.stage,
        "last_contact": contacts.last.day.isoformat(),
        "days_since": (day.date - contacts.last.day).days,
        "target_days": _target(seen),
        "score": round(_score(seen, day), 4),
        "flags": flag_names(seen),
        "suggestion": {"act": act, "reason": in_words(act, day.language)},
    }


def _promises(day: Day, kind: str, side: str) -> list[dict[str, Json]]:
    """Promises of a side that wait: for our delivery, or for our answer."""
    parameters = day.parameters(kind=kind, side=side, max_rows=day.limit)
    ours = {p: s for p, s in day.folded.items() if day.is_ours(s)}
    return open_promises(day.connection, day.question, parameters, ours)


def _seen_for(day: Day, kind: str) -> Iterator[tuple[str, Sight]]:
    """The partners with something of a kind on the agenda."""
    earliest = day.question.as_of - min(THANKED_WITHIN, day.question.as_of - EARLIEST)
    parameters = day.parameters(kind=kind, since=earliest, max_rows=day.limit)
    rows = day.connection.execute(statement(HERE, "agenda"), parameters).fetchall()
    names = [partner for (partner,) in rows]
    yield from see(day.connection, day.question, day.judge, names).items()
    yield from ((p, s) for p, s in day.folded.items() if day.is_ours(s))


def _thanks(day: Day) -> Iterator[dict[str, Json]]:
    """Help received since which there was no contact on a later day, newest first."""
    found = [
        (received.at, partner, received)
        for partner, seen in _seen_for(day, "thanks")
        for received in seen.told.exchange.unthanked
        if day.question.as_of - received.at <= THANKED_WITHIN
    ]
    for _, partner, received in sorted(found, key=lambda f: f[:2], reverse=True):
        amount = received.quantity
        yield {
            "partner": partner,
            "delivery": received.delivery,
            "kind": received.kind,
            "quantity": amount and {"amount": amount[0], "unit": amount[1]},
            "at": format_instant(received.at),
            "event": received.event,
        }


def _meetings(day: Day) -> Iterator[dict[str, Json]]:
    """Meetings ahead, the soonest first."""
    found = [
        (meeting.first, partner, key, meeting)
        for partner, seen in _seen_for(day, "meetings")
        for key, meeting in seen.told.contacts.meetings.items()
        if meeting.last >= day.question.as_of
    ]
    for _, partner, key, meeting in sorted(found, key=lambda f: f[:3]):
        yield {
            "partner": partner,
            "meeting": key,
            "on": meeting.on,
            "channel": meeting.channel,
            "event": meeting.event,
        }
