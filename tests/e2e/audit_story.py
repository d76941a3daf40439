"""The sample story, told on a fixed day, and what an audit of it wants besides."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import httpx2

from services.cli.story.telling import record_story
from tests.e2e.asking import Json, event, fresh, head, record, send_lines
from tests.e2e.audit_guide import read_guide
from tests.running import RunningService

DAY: Final = date(2024, 6, 30)
"""The day on which the guide has the story told."""
ARCHIVIST: Final = "key for ('record',)"


def day(offset: int) -> str:
    """A day of the story, counted from that on which it is told."""
    return (DAY + timedelta(days=offset)).isoformat()


def at(offset: int, time: str = "00:00") -> str:
    """An instant of the story, as answers write it."""
    return f"{day(offset)}T{time}:00.000000Z"


@dataclass(frozen=True)
class Audited:
    """A ledger in which all was told, and the ids of its events by source."""

    client: httpx2.Client
    policy: str
    ids: Mapping[str, str]

    def ask(self, number: int) -> list[Any]:
        """What the calls of a section of the guide answer."""
        section = read_guide()[number]
        return [self.get(path) for path in section.paths({"policy": self.policy})]

    def get(self, path: str) -> Any:
        """What a call answers when all that is recorded is in it."""
        sign = "&" if "?" in path else "?"
        answer = self.client.get(f"{path}{sign}min_position={head(self.client)}")
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    def log(self, partner: str | None = None, *types: str) -> list[Json]:
        """The events as they were recorded, of a partner or of types."""
        return [
            event
            for event in _log(self.client)
            if partner in {None, event["partner"]}
            and (not types or event["type"] in types)
        ]


@contextmanager
def audited(service: RunningService) -> Iterator[Audited]:
    """A ledger of its own with the story of `DAY` and the events below."""
    ledger = fresh("audit")
    owner = service.make_key("record", "read", ledger=ledger)
    archivist = service.make_key("record", ledger=ledger)
    with service.with_key(owner) as client, service.with_key(archivist) as other:
        _tell_story(client)
        _tell_late(other)
        policy = _tell_more(client)
        sourced = [e for e in _log(client) if e["source"]]
        ids = {e["source"]["ref"]: e["id"] for e in sourced}
        yield Audited(client, policy, ids)


def _log(client: httpx2.Client) -> list[Json]:
    found: list[Json] = client.get("/v1/events?limit=1000").json()["items"]
    return found


def _tell_story(client: httpx2.Client) -> None:
    def post(items: list[Json], key: str) -> list[Json]:
        headers = {"Idempotency-Key": f'"{key}"'}
        recorded: list[Json] = record(client, items, headers)["items"]
        return recorded

    record_story(post, DAY)


def _on(offset: int, ref: str, content: Json, system: str = "audit") -> Json:
    source = {"system": system, "ref": ref}
    return {**content, "occurred_at": day(offset), "source": source}


def _of(amount: str, unit: str) -> Json:
    return {"amount": amount, "unit": unit}


def _tell_late(archivist: httpx2.Client) -> None:
    """What somebody found in a drawer: an import, and help by a partner."""
    answer = send_lines(archivist, _visits())
    assert answer.json()["refused"] == 0, answer.text
    lent = event(
        "HelpDelivered",
        "river-bend",
        by="partner",
        kind="goods",
        delivery="lent-chairs",
        quantity=_of("6", "item:chair"),
    )
    record(archivist, _on(-41, "late-1", lent))


def _visits() -> list[Json]:
    known = event(
        "PartnerIdentified",
        "ferry-line",
        name="Ferry Line",
        how="Noor knows the mate.",
        introduced_by="tidal-commons",
    )
    met = event("ContactMade", "ferry-line", by="us", channel="in_person")
    called = event("ContactMade", "lantern-press", by="us", channel="phone")
    return [
        _on(-620, "visit-1", known, "visits-2022"),
        _on(-620, "visit-2", met, "visits-2022"),
        _on(-600, "visit-3", called, "visits-2022"),
    ]


def _tell_more(client: httpx2.Client) -> str:
    """A dispute, business from a referral, a changed promise; the policy's id."""
    record(client, [_disputed(), _gained(), _fewer()])
    rules = event("StagePolicyPublished", "_ledger", require_principles=False)
    policy: str = record(client, _on(0, "policy", rules))["id"]
    return policy


def _disputed() -> Json:
    disputed = event(
        "DeliveryDisputed",
        "tidal-commons",
        delivery="hands-2",
        quantity=_of("6", "hour"),
        reason="Some went home at noon.",
    )
    return _on(-10, "disputed", disputed)


def _gained() -> Json:
    gained = event(
        "BenefitReported",
        "asanagi-works",
        benefit="first-fee",
        gained_by="us",
        quantity=_of("50000", "JPY"),
        delivery="new-member",
        confidence="confirmed",
    )
    return _on(-300, "first-fee", gained)


def _fewer() -> Json:
    fewer = event(
        "CommitmentChanged",
        "hamabe-city",
        commitment="street-stalls",
        delta="-2",
        reason="Two stalls broke.",
    )
    return _on(-45, "fewer", fewer)
