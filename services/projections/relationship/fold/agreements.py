"""When agreements are in force: by their dates, never by a flag that somebody sets."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from contracts.events import AllianceAgreed
from contracts.occurrence import LATEST, TICK, interval
from services.projections.relationship.fold.moment import Because, Evidence, Moment


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement: in force from `since` until just before `until`."""

    alliance: str
    episode: int | None
    since: datetime
    until: datetime | None
    evidence: Because

    def is_in_force(self, at: datetime) -> bool:
        """Whether it holds at an instant."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Run:
    """A time without a gap in which one agreement or another was in force."""

    since: datetime
    until: datetime | None
    agreements: tuple[Agreement, ...]


def agreement_of(
    moment: Moment, data: AllianceAgreed, episode: int | None
) -> Agreement:
    """The agreement that a fact makes, in force from its start and its acting time."""
    zone = moment.setting.zone
    since = max(moment.at, interval(data.starts, zone).first)
    until = None if data.ends is None else _following(data.ends, zone)
    return Agreement(moment.own_key(), episode, since, until, (moment.evidence,))


def _following(ends: str, zone: tzinfo) -> datetime | None:
    last = interval(ends, zone).last
    return None if last >= LATEST - TICK else last + TICK


def ended(agreement: Agreement, at: datetime, evidence: Evidence) -> Agreement:
    """The agreement once somebody ended it; one that was over stays as it was."""
    if agreement.until is not None and agreement.until <= at:
        return agreement
    return replace(agreement, until=at, evidence=(*agreement.evidence, evidence))


def run_at(agreements: Iterable[Agreement], at: datetime) -> Run | None:
    """The time without a gap around an instant, and what had made it by then."""
    begun = sorted((a for a in agreements if a.since <= at), key=lambda a: a.since)
    run: Run | None = None
    for agreement in begun:
        if agreement.until is not None and agreement.until <= agreement.since:
            continue
        if run is None or (run.until is not None and run.until < agreement.since):
            run = Run(agreement.since, agreement.until, (agreement,))
        else:
            until = _later(run.until, agreement.until)
            run = Run(run.since, until, (*run.agreements, agreement))
    return run if run and (run.until is None or at < run.until) else None


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def boundaries(
    agreements: Iterable[Agreement], after: datetime, to: datetime
) -> list[datetime]:
    """The instants after one and up to another at which an agreement begins or ends."""
    instants = {i for a in agreements for i in (a.since, a.until) if i is not None}
    return sorted(i for i in instants if after < i <= to)


def ended_last(agreements: Iterable[Agreement], at: datetime) -> Because:
    """The evidence of the agreement that was the last to end by an instant."""
    over = [a for a in agreements if a.until is not None and a.until <= at]
    if not over:
        return ()
    return max(over, key=lambda a: (a.until, a.since)).evidence
