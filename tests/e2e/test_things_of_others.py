"""Nothing tells whether a thing exists in another ledger or nowhere at all.

For every way to name a thing: the same status, headers and body, and the very same
statements on the database that find the same number of rows. So there is nothing from
which a difference of time could come but what the machine happens to do; the last test
measures that it is so, coarsely.
"""

import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import httpx2
import pytest

from services.foundation.access import SCOPES
from services.foundation.embedded_postgres import EmbeddedPostgres
from tests.doors import DOORS, Door
from tests.e2e.asking import contact, event, send
from tests.e2e.things_of_others import (
    ABSENT,
    ASKS,
    ASKS_OF_PAGES,
    NOBODY,
    Ask,
    Things,
    ask,
    ask_page,
    compared,
    statements,
    tell_apart,
)
from tests.running import PROJECT
from tests.two_ledgers import MARKERS, OURS, THEIRS, TwoLedgers, told_twice

OPENAPI = json.loads((PROJECT / "contracts/schemas/openapi.json").read_bytes())
LISTS = [
    door
    for door in DOORS
    if any(
        parameter["name"] == "cursor"
        for parameter in OPENAPI["paths"]
        .get(door.path, {})
        .get(door.method.lower(), {})
        .get("parameters", [])
    )
]
UNSEEN = frozenset(
    (
        "/v1/events/stream?partner=$partner",
        "/v1/events?causation=$event",
    )
)
"""Where the owner finds nothing either; of streams only the beginning is read."""
TRIES = 40
GROSS = 3.0


class Scene(NamedTuple):
    """Who asks, and for what."""

    ours: httpx2.Client
    session: str
    theirs: Things
    both: TwoLedgers


@pytest.fixture(scope="module")
def scene(server: EmbeddedPostgres, migrated: str) -> Iterator[Scene]:
    with told_twice(server, migrated) as both, both.client(OURS) as ours:
        with both.client(THEIRS) as owner:
            named = NOBODY["who"].replace("nobody", "theirs")
            terms = {"name": named, "scopes": list(SCOPES)}
            made = owner.post("/v1/keys", json=terms).json()
        with both.paced.client(made["key"]) as others:
            theirs = tell_apart(others, made["id"])
        both.settle()
        yield Scene(ours, both.session(OURS, *SCOPES), theirs, both)


def label(asked: Ask) -> str:
    method, at, sent = asked
    return f"{method} {at} {sent['type'] if sent and 'type' in sent else ''}".strip()


@pytest.mark.parametrize("asked", ASKS, ids=label)
def test_a_program_cannot_tell_another_ledgers_thing_from_nothing(
    scene: Scene, asked: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(scene.ours, asked, ABSENT)  # what a first question leaves to be remembered
    with statements(monkeypatch) as for_theirs:
        theirs = ask(scene.ours, asked, scene.theirs)
    with statements(monkeypatch) as for_nobody:
        nobody = ask(scene.ours, asked, NOBODY)
    assert theirs.status_code < 500
    assert compared(theirs, scene.theirs) == compared(nobody, NOBODY)
    if "/stream" in asked[1]:  # it goes on until it notices that nobody listens
        assert for_theirs.keys() == for_nobody.keys()
    else:
        assert for_theirs == for_nobody


@pytest.mark.parametrize("asked", ASKS_OF_PAGES, ids=label)
def test_a_browser_cannot_tell_another_ledgers_thing_from_nothing(
    scene: Scene, asked: Ask
) -> None:
    with scene.both.anonymous() as browser:
        theirs = ask_page(browser, scene.session, asked, scene.theirs)
        nobody = ask_page(browser, scene.session, asked, NOBODY)
    assert theirs.status_code < 500
    assert compared(theirs, scene.theirs) == compared(nobody, NOBODY)
    assert MARKERS[THEIRS] not in theirs.text


def test_the_owner_of_a_thing_does_find_it(scene: Scene) -> None:
    """Else the tests above would compare nothing with nothing."""
    told_of = [asked for asked in ASKS if asked[0] == "GET"]
    same = set()
    with scene.both.client(THEIRS) as owner:
        for asked in told_of:
            there, nowhere = ask(owner, asked, scene.theirs), ask(owner, asked, NOBODY)
            assert there.status_code == 200, label(asked)
            if compared(there, scene.theirs) == compared(nowhere, NOBODY):
                same.add(asked[1])
    assert same == UNSEEN


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [("/v1/events", "min_position"), ("/v1/log/proof/inclusion", "position")],
)
def test_a_position_that_only_another_ledger_has_is_beyond_the_log(
    scene: Scene, asked: str, parameter: str
) -> None:
    with scene.both.client(THEIRS) as owner:
        newest = owner.get("/v1/events?limit=1&order=-position").json()["items"][0]
    seen = []
    for at in (newest["position"], newest["position"] + 1):
        answer = scene.ours.get(asked, params={parameter: at} | waits(asked))
        assert answer.status_code >= 400
        seen.append(compared(answer, {"position": str(at)}))
    assert seen[0] == seen[1]


def waits(asked: str) -> dict[str, str]:
    return {"wait": "0"} if asked == "/v1/events" else {}


@pytest.mark.parametrize("door", LISTS, ids=[door.path for door in LISTS])
def test_a_cursor_of_another_ledger_leads_to_nothing_of_it(
    scene: Scene, door: Door
) -> None:
    with scene.both.client(THEIRS) as owner:
        link = owner.get(door.at or door.path, params={"limit": 1}).headers.get("Link")
    assert link is not None
    answer = scene.ours.get(link[1 : link.index(">")] + "0")
    assert answer.status_code in {200, 422}
    assert MARKERS[THEIRS] not in answer.text
    assert "theirs" not in answer.text


def test_what_another_ledger_recorded_is_not_there_to_repeat_or_match(
    scene: Scene,
) -> None:
    """Keys of idempotency, sources and versions are a ledger's own."""
    name = "twice"
    sent = [
        event("PartnerIdentified", name, name="Twice"),
        contact(name) | {"source": {"system": "mail", "ref": "of both"}},
    ]
    headers = [{"Idempotency-Key": '"both"', "If-Match": '"0"'}, {"If-Match": '"1"'}]
    with scene.both.client(THEIRS) as others:
        for client in (others, scene.ours):
            for content, conditions in zip(sent, headers, strict=True):
                answer = send(client, content, conditions)
                assert answer.status_code == 201, answer.text
                assert "Idempotent-Replayed" not in answer.headers


@pytest.mark.parametrize(
    "asked",
    [
        ("GET", "/v1/partners/$partner", None),
        ("GET", "/v1/events/$event", None),
        ("DELETE", "/v1/keys/$key", None),
    ],
    ids=label,
)
def test_the_time_of_an_answer_tells_nothing(scene: Scene, asked: Ask) -> None:
    """Medians of tries that alternate; the bound is wide, for a busy machine."""
    took = Counter[str](), Counter[str]()
    for n in range(TRIES):
        for things, times in zip((scene.theirs, NOBODY), took, strict=True):
            begun = time.perf_counter_ns()
            ask(scene.ours, asked, things)
            times[str(n)] = time.perf_counter_ns() - begun
    theirs, nobody = (statistics.median(times.values()) for times in took)
    assert 1 / GROSS < theirs / nobody < GROSS
