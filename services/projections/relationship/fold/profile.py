"""Who a partner is and what is between us: goals, principles, ideas, people, issues."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from contracts.events import (
    AllianceAgreed,
    AllianceEnded,
    AllianceProposed,
    GoalAchieved,
    GoalShared,
    GroupJoined,
    GroupLeft,
    IdeaProposed,
    IssueRaised,
    IssueResolved,
    OwnerAssigned,
    PartnerIdentified,
    PartnerRenamed,
    PersonAdded,
    PersonLeft,
    PrincipleAcknowledged,
    PrincipleStated,
    ProposalDeclined,
    ProposalDeferred,
)
from services.projections.relationship.fold.moment import Moment
from services.projections.relationship.fold.things import (
    Alliance,
    Goal,
    Idea,
    Issue,
    Person,
    Principle,
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A partner as it is described; things by the id that readers see."""

    name: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    country: str | None = None
    how: str | None = None
    introduced_by: str | None = None
    domains: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    owner: str | None = None
    goals: Mapping[str, Goal] = field(default_factory=dict)
    principles: Mapping[str, Principle] = field(default_factory=dict)
    ideas: Mapping[str, Idea] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)
    issues: Mapping[str, Issue] = field(default_factory=dict)
    alliances: Mapping[str, Alliance] = field(default_factory=dict)


def described(profile: Profile, moment: Moment) -> Profile:
    """The profile after a fact."""
    telling = TELLING.get(type(moment.data))
    return profile if telling is None else telling(profile, moment, moment.data)


def _identified(profile: Profile, moment: Moment, data: PartnerIdentified) -> Profile:
    """Of merged partners the survivor's own name holds."""
    if profile.name and moment.fact.event.partner != moment.setting.partner:
        return profile
    return replace(
        profile,
        name=data.name,
        names=dict(data.names or {}),
        kind=data.kind,
        country=data.country,
        how=data.how,
        introduced_by=data.introduced_by,
        domains=data.domains or (),
    )


def _renamed(profile: Profile, moment: Moment, data: PartnerRenamed) -> Profile:
    if moment.fact.event.partner != moment.setting.partner:
        return profile
    return replace(profile, name=data.name, names=dict(data.names or profile.names))


def _joined(profile: Profile, _: Moment, data: GroupJoined) -> Profile:
    kept = tuple(g for g in profile.groups if g != data.group)
    return replace(profile, groups=(*kept, data.group))


def _left_group(profile: Profile, _: Moment, data: GroupLeft) -> Profile:
    return replace(profile, groups=tuple(g for g in profile.groups if g != data.group))


def _owned(profile: Profile, _: Moment, data: OwnerAssigned) -> Profile:
    return replace(profile, owner=data.person)


def _shared(profile: Profile, moment: Moment, data: GoalShared) -> Profile:
    event = moment.fact.event.id
    goal = Goal(data.whose, data.statement, moment.at, event)
    return replace(profile, goals={**profile.goals, moment.own_key(): goal})


def _achieved(profile: Profile, moment: Moment, data: GoalAchieved) -> Profile:
    key = moment.key("goal", data.goal)
    changed = _with(profile.goals, key, achieved_at=moment.at)
    return replace(profile, goals=changed)


def _stated(profile: Profile, moment: Moment, data: PrincipleStated) -> Profile:
    principle = Principle(
        data.by,
        data.statement,
        bool(data.takes_time),
        moment.at,
        moment.fact.event.id,
    )
    principles = {**profile.principles, moment.own_key(): principle}
    return replace(profile, principles=principles)


def _stance(profile: Profile, moment: Moment, data: PrincipleAcknowledged) -> Profile:
    key = moment.key("principle", data.principle)
    change = {"stance": data.stance, "stance_at": moment.at}
    return replace(profile, principles=_with(profile.principles, key, **change))


def _idea(profile: Profile, moment: Moment, data: IdeaProposed) -> Profile:
    idea = Idea(
        data.by,
        data.statement,
        _goals(moment, data.goals),
        data.beneficiaries or (),
        moment.at,
        moment.fact.event.id,
    )
    return replace(profile, ideas={**profile.ideas, moment.own_key(): idea})


def _person(profile: Profile, moment: Moment, data: PersonAdded) -> Profile:
    person = Person(data.side, data.role, moment.fact.event.id)
    return replace(profile, persons={**profile.persons, moment.own_key(): person})


def _person_left(profile: Profile, moment: Moment, data: PersonLeft) -> Profile:
    key = moment.key("person", data.person)
    return replace(profile, persons=_with(profile.persons, key, left_at=moment.at))


def _raised(profile: Profile, moment: Moment, data: IssueRaised) -> Profile:
    event = moment.fact.event.id
    issue = Issue(data.by, data.severity, data.statement, moment.at, event)
    return replace(profile, issues={**profile.issues, moment.own_key(): issue})


def _resolved(profile: Profile, moment: Moment, data: IssueResolved) -> Profile:
    key = moment.key("issue", data.issue)
    return replace(profile, issues=_with(profile.issues, key, resolved_at=moment.at))


def _proposed(profile: Profile, moment: Moment, data: AllianceProposed) -> Profile:
    alliance = Alliance(
        state="proposed",
        event=moment.fact.event.id,
        proposed_by=data.by,
        proposed_at=moment.at,
        scope=data.scope,
        asks=data.asks,
        gives=data.gives,
    )
    alliances = {**profile.alliances, moment.own_key(): alliance}
    return replace(profile, alliances=alliances)


def _agreed(profile: Profile, moment: Moment, data: AllianceAgreed) -> Profile:
    key, event = moment.own_key(), moment.fact.event.id
    before = profile.alliances.get(key) or Alliance("agreed", event)
    agreed = replace(
        before,
        state="agreed",
        name=data.name,
        project=data.project,
        goals=_goals(moment, data.goals),
        agreed_at=moment.at,
        starts=data.starts,
        ends=data.ends,
    )
    return replace(profile, alliances={**profile.alliances, key: agreed})


def _answered(
    profile: Profile,
    moment: Moment,
    data: ProposalDeclined | ProposalDeferred | AllianceEnded,
) -> Profile:
    change: dict[str, Any]
    match data:
        case ProposalDeclined():
            change = {"state": "declined"}
        case ProposalDeferred():
            change = {"state": "deferred"}
        case AllianceEnded():
            change = {"state": "ended", "ended_at": moment.at}
    key = moment.key("alliance", data.alliance)
    return replace(profile, alliances=_with(profile.alliances, key, **change))


def _goals(moment: Moment, named: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(moment.key("goal", goal) for goal in named or ())


def _with(things: Mapping[str, Any], key: str, **changes: Any) -> Mapping[str, Any]:
    """The things with one changed; one that is not there stays away."""
    if key not in things:
        return things
    return {**things, key: replace(things[key], **changes)}


TELLING: Final[Mapping[type, Callable[[Profile, Moment, Any], Profile]]] = {
    PartnerIdentified: _identified,
    PartnerRenamed: _renamed,
    GroupJoined: _joined,
    GroupLeft: _left_group,
    OwnerAssigned: _owned,
    GoalShared: _shared,
    GoalAchieved: _achieved,
    PrincipleStated: _stated,
    PrincipleAcknowledged: _stance,
    IdeaProposed: _idea,
    PersonAdded: _person,
    PersonLeft: _person_left,
    IssueRaised: _raised,
    IssueResolved: _resolved,
    AllianceProposed: _proposed,
    AllianceAgreed: _agreed,
    ProposalDeclined: _answered,
    ProposalDeferred: _answered,
    AllianceEnded: _answered,
}
