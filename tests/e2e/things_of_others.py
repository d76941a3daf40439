"""What only another ledger has, what nobody has, and all ways to ask for it."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from string import Template
from typing import Any, Final

import httpx2
import psycopg
import pytest

from services.foundation.database import statement
from tests.doors import cookie, token_of
from tests.e2e.asking import event, record
from tests.two_ledgers import HOURS

Things = Mapping[str, str]
PARTNER_PATHS: Final = ("", "/balance", "/history", "/postings", "/stages")
FILTERED: Final = (
    "alliances",
    "commitments",
    "deliveries",
    "events",
    "late",
    "offers",
    "proposals",
    "reciprocity",
    "rhythm",
    "wheel",
)
READS: Final = (
    *(f"/v1/partners/$partner{path}" for path in PARTNER_PATHS),
    "/v1/partners/$partner/changes?known_from=2020-01-01",
    *(f"/v1/{path}?partner=$partner" for path in FILTERED),
    "/v1/alliances/$alliance",
    "/v1/compare?partners=acme,$partner",
    "/v1/events?causation=$event",
    "/v1/events?correlation=$tie",
    "/v1/events?source_system=mail&source_ref=$source",
    "/v1/events?recorded_by=$who",
    "/v1/events/$event",
    "/v1/events/$event?format=record",
    "/v1/partners?q=$who",
    "/v1/partners?owner=$person",
    "/v1/partners?group=$group",
    "/v1/stages?group=$group",
    "/v1/stages?owner=$person",
    "/v1/today?owner=$person",
    "/v1/events/stream?partner=$partner",
)
CONTACT: Final = {"by": "us", "channel": "phone"}
SENT: Final = (
    event("ContactMade", "$partner", **CONTACT),
    event("ContactMade", "acme", **CONTACT) | {"causation": "$event"},
    event("ContactMade", "acme", **CONTACT, persons=["$person"]),
    event("EventRetracted", "acme", target="$event", reason="Wrong."),
    event("EventRetracted", "$partner", target="$event", reason="Wrong."),
    event("EventCorrected", "acme", target="$event", reason="Wrong.", data={}),
    event("PartnerMerged", "acme", into="$partner", reason="The same."),
    event("PartnerMerged", "$partner", into="acme", reason="The same."),
    event("OfferAccepted", "acme", offer="$offer"),
    event("HelpDelivered", "acme", by="us", kind="goods", alliance="$alliance"),
    event("HelpDelivered", "acme", by="us", kind="goods", goal="$goal"),
    event("OwnerAssigned", "acme", person="$person"),
    event("PersonalDataErased", "acme", person="$person", basis="Asked."),
    event("PartnerIdentified", "fresh", name="Fresh", introduced_by="$partner"),
)
PAGES: Final = (
    "/partners/$partner",
    "/partners/$partner/changes?known_from=2020-01-01",
    "/compare?partners=acme,$partner",
    "/log/$event",
    "/log?partner=$partner",
    "/log?recorded_by=$who",
    "/recorded/$tie",
    "/record?partner=$partner",
    "/record/other?partner=$partner&type=GoalShared",
    "/partners?q=$who",
    "/?owner=$person",
)
FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "/partners/$partner/snooze": {"days": "7"},
    "/partners/acme/offers": {"offer": "$offer", "answer": "OfferAccepted"},
    "/partners/$partner/offers": {"offer": "$offer", "answer": "OfferAccepted"},
    "/partners/$partner/thanks": {"delivery": "d", "channel": "phone"},
    "/log/$event/retract": {"reason": "not ours", "tie": "$tie"},
    "/log/$event/correct": {"reason": "not ours", "tie": "$tie"},
    "/record/other": {"partner": "$partner", "type": "GoalAsked", "tie": "$tie"},
    "/record": {"partner": "$partner", "tie": "$tie", "channel": "phone"},
    "/recorded/$tie/undo": {},
    "/recorded/$tie/move": {"partner": "acme"},
}


KINDS: Final = (
    "partner",
    "alliance",
    "offer",
    "goal",
    "person",
    "group",
    "tie",
    "source",
)


def named(whose: str, event_id: str, key_id: str) -> Things:
    """Names of things, all as long as those of anybody else."""
    things = {kind: f"{kind}-{whose}" for kind in KINDS}
    return {**things, "who": f"Whom-{whose}", "event": event_id, "key": key_id}


NOBODY: Final = named("nobody", "01890a5d-ac96-774b-bcce-b302099a8057", "f" * 16)
ABSENT: Final = named("absent", "01890a5d-ac96-774b-bcce-b302099a8058", "e" * 16)
"""Names of which there is nothing anywhere."""


def tell_apart(client: httpx2.Client, key_id: str) -> Things:
    """Record what no other ledger has; its names."""
    theirs = named("theirs", "", key_id)
    on, promise = theirs["partner"], {"by": "partner", "kind": "space"}
    told = record(
        client,
        [
            event(
                "PersonAdded", "_ledger", person=theirs["person"], side="us", name="T"
            ),
            event("PartnerIdentified", on, name=theirs["who"]),
            event("GroupJoined", on, group=theirs["group"]),
            event("OwnerAssigned", on, person=theirs["person"]),
            event("GoalShared", on, goal=theirs["goal"], whose="us", statement="More."),
            event("HelpOffered", on, offer=theirs["offer"], quantity=HOURS, **promise),
            event("ContactMade", on, **CONTACT)
            | {
                "correlation": theirs["tie"],
                "source": {"system": "mail", "ref": theirs["source"]},
            },
            event(
                "AllianceAgreed",
                on,
                alliance=theirs["alliance"],
                name="T",
                project="A seminar",
                starts="2014-04-01",
            ),
        ],
    )["items"]
    return {**theirs, "event": told[-1]["id"]}


def filled(shape: Any, things: Things) -> Any:
    """An address or a body with the names of some things."""
    if isinstance(shape, str):
        return Template(shape).substitute(things)
    return json.loads(Template(json.dumps(shape)).substitute(things))


Ask = tuple[str, str, Any]
ASKS: Final[tuple[Ask, ...]] = (
    *(("GET", at, None) for at in READS),
    *(("POST", "/v1/events", sent) for sent in SENT),
    *(("POST", "/v1/events/batch", sent | {"key": "k $tie"}) for sent in SENT[:4]),
    ("DELETE", "/v1/keys/$key", None),
)
ASKS_OF_PAGES: Final[tuple[Ask, ...]] = (
    *(("GET", at, None) for at in PAGES),
    *(("POST", at, dict(fields)) for at, fields in FORMS.items()),
)


def ask(client: httpx2.Client, asked: Ask, things: Things) -> httpx2.Response:
    """Ask as a program, with a key."""
    method, at, sent = asked
    content = None if sent is None else json.dumps(filled(sent, things))
    kind = "x-ndjson" if at.endswith("batch") else "json"
    headers = {} if sent is None else {"Content-Type": f"application/{kind}"}
    at = filled(at, things)
    with client.stream(method, at, content=content, headers=headers) as answer:
        if "/stream" not in at:
            answer.read()
        return answer


def ask_page(
    client: httpx2.Client, session: str, asked: Ask, things: Things
) -> httpx2.Response:
    """Ask as a browser, with a session."""
    method, at, sent = asked
    headers = {"Cookie": cookie(session), "Accept": "text/html"}
    data = None if sent is None else filled(sent, things) | {"token": token_of(session)}
    return client.request(method, filled(at, things), data=data, headers=headers)


UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT: Final = re.compile(r"20\d\d-\d\d-\d\dT[0-9:.]+(Z|\+\d\d:\d\d)")

REFLECTS: Final = re.compile(r' data-reflects="\d+"')
"""How far our own ledger was, if that was told before what a page could not find."""


def compared(answer: httpx2.Response, things: Things) -> tuple[Any, ...]:
    """All of an answer but its id, the time, and the names that were asked for."""
    own = {"x-request-id", "date"}
    sent = answer.text if answer.is_stream_consumed else ""
    text = UUID.sub("UUID", INSTANT.sub("INSTANT", unnamed(sent, things)))
    if text.startswith("<!DOCTYPE html>"):
        text = REFLECTS.sub("", text)
        own.add("content-length")
    if text != sent:
        own.add("etag")  # of the time, and of the address that a page repeats
    headers = {k: v for k, v in answer.headers.items() if k not in own}
    if "location" in headers:
        headers["location"] = unnamed(headers["location"], things)
    return answer.status_code, headers, text


def unnamed(text: str, things: Things) -> str:
    for name, value in things.items():
        text = text.replace(value, name)
    return text


ASIDE: Final = {
    "services.foundation.access": ("find_key", "find_session", "touch_key"),
    "services.projections.answers": ("projection_metrics",),
    "services.projections.audit": ("overview",),
    "services.ledger.integrity": ("tree_metrics",),
}
"""Statements that run now and then whatever is asked: what was found is remembered."""


def _aside() -> frozenset[str]:
    names = ((package, name) for package, all_ in ASIDE.items() for name in all_)
    return frozenset(statement(package, name) for package, name in names)


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[tuple[str, int]]]:
    """The statements that run meanwhile in this process, and the rows of each."""
    run: Counter[tuple[str, int]] = Counter()
    execute, aside = psycopg.Cursor.execute, _aside()

    def noting(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
        done = execute(self, query, *rest, **more)
        text = query if isinstance(query, str) else repr(query)
        if text not in aside:
            run[text, self.rowcount] += 1
        return done

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", noting)
        yield run
