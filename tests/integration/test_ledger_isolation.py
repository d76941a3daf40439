"""Two ledgers tell the same story in words of their own, and never in the other's.

Every way to read is taken: by its path, so that a new one is asked too.
"""

import re
from collections.abc import Iterator, Mapping

import httpx2
import pytest

from services.foundation.access import SCOPES
from services.foundation.embedded_postgres import EmbeddedPostgres
from tests.doors import DOORS, FEED, OPEN, SOME_EVENT, Door, cookie
from tests.e2e.asking import contact, record
from tests.e2e.listening import CHANGES, EVENTS, listening
from tests.servers import Database, drop_database, fresh_database
from tests.two_ledgers import MARKERS, OURS, THEIRS, TwoLedgers, tell, two_ledgers

READ = [
    door
    for door in DOORS
    if door.method == "GET" and door.scope not in {OPEN, FEED} and not door.streams
]
LISTED = [door for door in READ if not door.is_page]
OF_THE_TREE = "/v1/log/"
"""Hashes of events, which hold ids and times: no two trees are the same."""
CHANGING = (
    (re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"20\d\d-\d\d-\d\dT[0-9:.]+(Z|[+]\d\d:\d\d)"), "INSTANT"),
    (re.compile(r"\b([0-9a-f]{64}|[0-9a-f]{16})\b"), "SECRET"),
    (re.compile(r"\bc[0-9a-f]{8}(?=[td]?\b)"), "CHART"),
    (re.compile("[A-Za-z0-9+/]{43,}=*"), "HASH"),
    (re.compile(f"(?:ledger |ledger-[0-9a-f]{{8}}/)({OURS}|{THEIRS})"), "LEDGER"),
    (re.compile(r"(cursor=|seconds\":)[\w.-]+"), "MOVING"),
    (re.compile(r' data-again="[0-9]+"'), ""),
)
Told = Mapping[str, tuple[int, str]]


class Ledgers:
    """What a ledger answered on every path, before and after the other had a story."""

    def __init__(self, both: TwoLedgers) -> None:
        self.both = both
        self.sessions = {name: both.session(name, *SCOPES) for name in MARKERS}
        self.alone = self._told_alone(OURS)
        self._tell(THEIRS)
        self.told = {name: self._asked(name) for name in MARKERS}

    def _told_alone(self, ledger: str) -> Told:
        self._tell(ledger)
        return self._asked(ledger)

    def _tell(self, ledger: str) -> None:
        with self.both.client(ledger) as owner:
            self.events = tell(owner, MARKERS[ledger])
            owner.post("/v1/verifications", params={"seed": 1})
        self.both.settle()

    def _asked(self, ledger: str) -> Told:
        with (
            self.both.client(ledger) as owner,
            self.both.anonymous(Cookie=cookie(self.sessions[ledger])) as browser,
        ):
            first = owner.get("/v1/events?limit=1").json()["items"][0]["id"]
            return {
                door.name: asked(browser if door.is_page else owner, door, first)
                for door in READ
            }


def asked(client: httpx2.Client, door: Door, event: str) -> tuple[int, str]:
    at = (door.at or door.path).replace("{event}", event).replace(SOME_EVENT, event)
    answer = client.get(at, headers={"Accept": "text/html" if door.is_page else "*/*"})
    return answer.status_code, answer.text


def settled(text: str) -> str:
    """A text without what is new each time."""
    for pattern, name in CHANGING:
        text = pattern.sub(name, text)
    for words in MARKERS.values():
        text = text.replace(words, "WORDS")
    return text


@pytest.fixture(scope="module")
def ledgers(server: EmbeddedPostgres, migrated: str) -> Iterator[Ledgers]:
    database = Database(*fresh_database(server.dsn, template=migrated))
    with two_ledgers(database) as both:
        yield Ledgers(both)
    drop_database(database.owner_dsn)


def by_path(doors: list[Door]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("door", doors, ids=[door.path for door in doors])


@by_path(READ)
def test_a_ledger_tells_its_own_words_and_never_the_others(
    ledgers: Ledgers, door: Door
) -> None:
    for name, other in ((OURS, THEIRS), (THEIRS, OURS)):
        status, text = ledgers.told[name][door.name]
        assert status == 200
        assert MARKERS[other] not in text


def test_most_paths_tell_words_at_all(ledgers: Ledgers) -> None:
    """Else the test above would look for what nobody tells."""
    for name, words in MARKERS.items():
        telling = [
            path for path, (_, text) in ledgers.told[name].items() if words in text
        ]
        assert len(telling) > len(READ) / 3


@by_path(LISTED)
def test_a_ledger_answers_the_same_whatever_another_records(
    ledgers: Ledgers, door: Door
) -> None:
    if door.path == "/v1/keys":
        return  # the test made one more
    before, after = ledgers.alone[door.name], ledgers.told[OURS][door.name]
    assert settled(after[1]) == settled(before[1])


@by_path([door for door in READ if not door.path.startswith(OF_THE_TREE)])
def test_the_same_story_counts_the_same_in_both(ledgers: Ledgers, door: Door) -> None:
    ours, theirs = (settled(ledgers.told[name][door.name][1]) for name in MARKERS)
    if door.path == "/v1/keys":
        return
    assert ours == theirs


def test_trees_are_a_ledgers_own(ledgers: Ledgers) -> None:
    for door in READ:
        if door.path in {"/v1/log/checkpoint", "/v1/log/key"}:
            ours, theirs = (ledgers.told[name][door.name][1] for name in MARKERS)
            assert ours != theirs


def test_a_stream_of_events_tells_of_its_ledger_only(ledgers: Ledgers) -> None:
    both = ledgers.both
    with (
        both.client(OURS) as ours,
        both.client(THEIRS) as theirs,
        listening(ours, EVENTS, after=0) as stream,
    ):
        head = len(ours.get("/v1/events?limit=1000").json()["items"])
        told = stream.events(head)
        assert [event["position"] for event in told] == list(range(1, head + 1))
        for client, words in ((theirs, MARKERS[THEIRS]), (ours, MARKERS[OURS])):
            record(client, contact("acme") | {"correlation": words})
        (newest,) = stream.events(1)
        assert newest["position"] == head + 1
        assert newest["correlation"] == MARKERS[OURS]
        assert all(MARKERS[THEIRS] not in str(event) for event in told)


def test_a_stream_of_changes_moves_with_its_ledger_only(ledgers: Ledgers) -> None:
    both = ledgers.both
    both.settle()
    with both.client(OURS) as ours, both.client(THEIRS) as theirs:
        at = max(p["position"] for p in theirs.get("/v1/projections").json()["items"])
        with listening(ours, CHANGES) as stream:
            told = stream.events(3)
            record(theirs, [contact("acme") for _ in range(5)])
            record(ours, contact("acme"))
            both.settle()
            moved = stream.events(3)
    own = max(event["position"] for event in told)
    assert {event["position"] for event in moved} == {own + 1}
    assert own + 1 < at + 5
