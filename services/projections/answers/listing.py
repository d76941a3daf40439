"""Partners as of an instant, from their rows and, where these do not tell, the log."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from psycopg import Connection

from contracts.canonical import Json, canonical, parse_json
from contracts.occurrence import day_of
from services.foundation.database import statement
from services.projections.answers.by_name import Found
from services.projections.answers.listing_pages import (
    Filters,
    pages_in_order,
    pages_of,
)
from services.projections.answers.names import Names
from services.projections.answers.question import Question
from services.projections.answers.relationships import Judge, see
from services.projections.relationship.fold.contacts import cadence_of
from services.projections.relationship.fold.flags import flag_names, possible
from services.projections.relationship.fold.stages import EARNED, STAGES
from services.projections.relationship.fold.standing import Sight

HERE: Final = "services.projections.answers"
PARTNERS_AT_ONCE: Final = 101
"""A page as it comes by default, and whether another follows."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A partner of a list: what is shown of it, and where it stands in the order."""

    item: Mapping[str, Json]
    sight: Sight
    key: str

    @property
    def partner(self) -> str:
        """Its id."""
        return str(self.item["partner"])


def list_partners(
    connection: Connection[Any],
    question: Question,
    judge: Judge,
    filters: Filters,
    names: Names,
    after: tuple[str, str] | None = None,
    wanted: int = PARTNERS_AT_ONCE,
) -> Iterator[Listed]:
    """Partners in order after a place (sort key, partner), read ever more at a time.

    `wanted` is how many are likely to be taken.
    """
    among = None if filters.partners is None else list(filters.partners)
    folded = folded_anew(connection, question, judge, among)
    found, at_first = None, wanted if filters.is_exact else PARTNERS_AT_ONCE
    if filters.q is not None:
        found = names.find(connection, question, folded, filters.q)
    parameters = _parameters(question, judge, filters, folded, found)
    if filters.sort == "name":
        down = filters.descending
        order = names.order(connection, question, folded, descending=down)
        start = order.start(after)
        pages = pages_in_order(connection, parameters, order, start, at_first)
    else:
        pages = pages_of(connection, parameters, filters, after, at_first)
    for rows in pages:
        known = {row[0]: folded[row[0]] for row in rows if row[0] in folded}
        others = [row[0] for row in rows if row[0] not in known]
        seen = known | see(connection, question, judge, others)
        listed = [_listed(row, seen[row[0]]) for row in rows]
        yield from (one for one in listed if _is_wanted(one, filters, found))


def _parameters(
    question: Question,
    judge: Judge,
    filters: Filters,
    folded: Mapping[str, Sight],
    found: Found | None,
) -> dict[str, Any]:
    """What the statement takes, whichever page it is asked for."""
    return question.parameters(
        folded=list(folded),
        rows=json.dumps([row_of(p, s) for p, s in folded.items()]),
        day=day_of(question.as_of, question.grant.zone),
        stages=list(STAGES),
        stage=filters.stage,
        flag=filters.flag,
        in_group=filters.group,
        owner=filters.owner,
        found=_among(filters, found),
        sort=filters.sort,
        descending=filters.descending,
        dormant_days=judge.policy.dormant_days,
    )


def _among(filters: Filters, found: Found | None) -> list[str] | None:
    """The partners that the list is narrowed to, by their ids or by a search."""
    if found is None or filters.partners is None:
        some = filters.partners if found is None else found.partners
        return None if some is None else list(some)
    return list(filters.partners.intersection(found.partners))


def _is_wanted(listed: Listed, filters: Filters, found: Found | None) -> bool:
    """What only the fold of a partner can tell of its filters."""
    if found is not None and not found.holds(listed.partner, listed.sight):
        return False
    return filters.flag is None or filters.flag in listed.item["flags"]


def folded_anew(
    connection: Connection[Any],
    question: Question,
    judge: Judge,
    among: Sequence[str] | None = None,
) -> dict[str, Sight]:
    """The partners whose rows do not tell what is asked, folded from the log."""
    parameters = question.parameters(policy=judge.name, among=among)
    rows = connection.execute(statement(HERE, "told_otherwise"), parameters)
    names = [partner for (partner,) in rows.fetchall()]
    found: dict[str, Sight] = {}
    for start in range(0, len(names), PARTNERS_AT_ONCE):
        some = names[start : start + PARTNERS_AT_ONCE]
        found |= see(connection, question, judge, some)
    return found


def row_of(partner: str, seen: Sight) -> dict[str, Any]:
    """What the columns of a partner's row would say as of an instant."""
    told = seen.told
    profile, now, last = told.profile, told.stages.now, told.contacts.last
    return {
        "partner": partner,
        "name": profile.name,
        "names": canonical(dict(profile.names)),
        "kind": profile.kind,
        "country": profile.country,
        "groups": list(profile.groups),
        "owner": profile.owner,
        "may_flag": possible(told),
        "stage": now.stage,
        "earned": EARNED[now.earned],
        "last_contact": None if last is None else last.day.isoformat(),
        "next_due": _iso(next_due(seen)),
    }


def next_due(seen: Sight) -> date | None:
    """The day by which the two want to be in touch again."""
    last = seen.told.contacts.last
    if last is None or seen.told.stages.ended_on is not None:
        return None
    target = cadence_of(seen.told.contacts, seen.setting.policy).target_days
    return last.day + timedelta(days=min(target, (date.max - last.day).days))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _listed(row: Sequence[Any], seen: Sight) -> Listed:
    partner, name, names, kind, country, groups, owner, stage, earned, *rest = row
    last_contact, due, key = rest
    item = {
        "partner": partner,
        "name": name,
        "names": parse_json(names),
        "kind": kind,
        "country": country,
        "groups": groups,
        "owner": owner,
        "stage": stage,
        "earned": earned,
        "flags": flag_names(seen),
        "last_contact": _iso(last_contact),
        "next_due": _iso(due),
    }
    return Listed(item, seen, key)
