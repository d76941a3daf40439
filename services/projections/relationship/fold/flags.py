"""What is worth a look at a relationship at an instant; never stored (domain.md, 4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from contracts.occurrence import day_of
from services.projections.relationship.fold.agreements import Agreement, Run, run_at
from services.projections.relationship.fold.contacts import (
    cadence_of,
    dormant_after,
    is_put_off,
)
from services.projections.relationship.fold.exchange import (
    is_within_a_year,
    one_sided_since,
)
from services.projections.relationship.fold.moment import Setting, ids
from services.projections.relationship.fold.progress import OTHER
from services.projections.relationship.fold.proposals import cleared_at
from services.projections.relationship.fold.relationship import Relationship
from services.projections.relationship.fold.stages import ALLIED, READY
from services.projections.relationship.fold.standing import Sight, earning, unmet

COOLING: Final = "cooling"
DORMANT: Final = "dormant"
ONE_SIDED: Final = "one_sided"
STRAINED: Final = "strained"
UNEARNED: Final = "unearned"
SILENT_PARTNER: Final = "silent_partner_in_alliance"
PREMATURE: Final = "premature_proposal"
REACTIVATED: Final = "reactivated"
FLAGS: Final = (
    COOLING,
    DORMANT,
    ONE_SIDED,
    STRAINED,
    UNEARNED,
    SILENT_PARTNER,
    PREMATURE,
    REACTIVATED,
)
DISPUTE_DAYS: Final = 30
SILENT_DAYS: Final = 90
REACTIVATED_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag: since when, which events raise it, and what it says beside that."""

    flag: str
    since: datetime
    because: tuple[str, ...]
    more: Mapping[str, Any] = field(default_factory=dict)


def flags(seen: Sight) -> list[Flag]:
    """The flags of a relationship as it is seen at an instant."""
    look = Look(seen)
    return [*_touch(look), *_balance(look), *_alliance(look), *_proposals(look)]


def flag_names(seen: Sight) -> list[str]:
    """The flags by name, each once."""
    return list(dict.fromkeys(flag.flag for flag in flags(seen)))


@dataclass(frozen=True)
class Look:
    """A relationship, and the instant and the day at which it is looked at."""

    seen: Sight

    @property
    def told(self) -> Relationship:
        """The relationship as its facts make it."""
        return self.seen.told

    @property
    def as_of(self) -> datetime:
        """The instant."""
        return self.seen.as_of

    @property
    def setting(self) -> Setting:
        """Whose eyes it is seen with: zone and policy."""
        return self.seen.setting

    @cached_property
    def day(self) -> date:
        """The day of the instant in the ledger's zone."""
        return day_of(self.as_of, self.setting.zone)

    @property
    def is_over(self) -> bool:
        """Whether the relationship has ended."""
        return self.told.stages.ended_on is not None

    def after(self, day: date, days: int) -> datetime | None:
        """The start of the day after so many days, once it has come."""
        return None if (self.day - day).days <= days else self.start(day, days + 1)

    def start(self, day: date, later: int = 0) -> datetime:
        """The first instant of a day, in the ledger's zone."""
        zone, end = self.setting.zone, (date.max - day).days
        local = datetime.combine(day + timedelta(days=min(later, end)), _MIDNIGHT, zone)
        try:
            return local.astimezone(UTC)
        except OverflowError:
            return self.as_of


_MIDNIGHT: Final = datetime.min.time()


def _touch(look: Look) -> Iterator[Flag]:
    contacts, policy = look.told.contacts, look.setting.policy
    last = contacts.last
    if last is None:
        return
    shown = (last.evidence[1],)
    target = cadence_of(contacts, policy).target_days
    cool = look.after(last.day, target)
    if cool and not look.is_over and not is_put_off(contacts, look.as_of):
        meetings = (m.last for m in contacts.meetings.values())
        held = (contacts.snoozed_until, contacts.held_until, *meetings)
        yield Flag(COOLING, max(cool, *(h for h in held if h), cool), shown)
    asleep = look.after(last.day, dormant_after(contacts, policy))
    if asleep and not look.is_over:
        yield Flag(DORMANT, asleep, shown)
    again = contacts.reactivated
    if again and (look.day - again.day).days <= REACTIVATED_DAYS:
        yield Flag(REACTIVATED, look.start(again.day), (again.evidence[1],))


def _balance(look: Look) -> Iterator[Flag]:
    exchange = look.told.exchange
    since = one_sided_since(exchange, look.day)
    if since is not None:
        year = [c for c in exchange.recent if is_within_a_year(c.day, look.day)]
        shown = tuple(c.event for c in year)
        yield Flag(ONE_SIDED, look.start(since), shown, {"side": year[0].side})
    strains = dict(_strains(look))
    if strains:
        yield Flag(STRAINED, min(strains.values()), tuple(strains))


def _strains(look: Look) -> Iterator[tuple[str, datetime]]:
    """The events that strain the relationship, each with since when."""
    for issue in look.told.profile.issues.values():
        if issue.severity == "high" and issue.resolved_at is None:
            yield issue.event, issue.raised_at
    for dispute in look.told.exchange.disputes.values():
        since = look.after(dispute.day, DISPUTE_DAYS)
        if since is not None:
            yield dispute.evidence[1], since


def _alliance(look: Look) -> Iterator[Flag]:
    stages = look.told.stages
    if not stages.agreements:
        return
    if stages.now.stage == ALLIED and stages.now.earned < READY:
        run = run_at(stages.live, look.as_of)
        if run is not None:
            more = {"missing": unmet(earning(look.seen))}
            yield Flag(UNEARNED, run.since, _agreed(run), more)
    quiet = {a: sides for a in stages.agreements if (sides := _silent(a, look))}
    if quiet:
        since = min(look.start(_began(a, look), SILENT_DAYS) for a in quiet)
        sides = [s for s in OTHER if any(s in silent for silent in quiet.values())]
        shown = tuple(ids(tuple(e for a in quiet for e in a.evidence)))
        yield Flag(SILENT_PARTNER, since, shown, {"sides": sides})


def _silent(agreement: Agreement, look: Look) -> list[str]:
    """Who has delivered nothing since an agreement came into force long enough ago."""
    if not agreement.is_in_force(look.as_of):
        return []
    if (look.day - _began(agreement, look)).days < SILENT_DAYS:
        return []
    last = look.told.exchange.last
    return [s for s in OTHER if s not in last or last[s] < agreement.since]


def _began(agreement: Agreement, look: Look) -> date:
    return day_of(agreement.since, look.setting.zone)


def _agreed(run: Run) -> tuple[str, ...]:
    return tuple(ids(tuple(e for a in run.agreements for e in a.evidence)))


def _proposals(look: Look) -> Iterator[Flag]:
    for proposal in look.told.proposals:
        if proposal.premature and cleared_at(proposal, look.told.stages) is None:
            more = {
                "alliance": proposal.alliance,
                "proposed_by": proposal.by,
                "asks": list(proposal.asks),
                "gives": list(proposal.gives),
            }
            yield Flag(PREMATURE, proposal.at, (proposal.event,), more)


def possible(told: Relationship) -> list[str]:
    """The flags beside cooling and dormant that may be raised before the next fact."""
    issues = told.profile.issues.values()
    disputed = told.exchange.disputes or any(
        i.severity == "high" and i.resolved_at is None for i in issues
    )
    found = {
        ONE_SIDED: len(told.exchange.recent) > 0,
        STRAINED: bool(disputed),
        UNEARNED: bool(told.stages.agreements),
        SILENT_PARTNER: bool(told.stages.agreements),
        PREMATURE: any(p.premature for p in told.proposals),
        REACTIVATED: told.contacts.reactivated is not None,
    }
    return [flag for flag, may_be in found.items() if may_be]
