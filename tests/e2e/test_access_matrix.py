"""Every path, whoever knocks: who is let in, and what the others are told.

`tests/doors.py` says of each path what lets somebody in; a path without an entry fails.
"""

from collections.abc import Iterator, Mapping

import httpx2
import pytest

from services.foundation.access import SCOPES
from services.foundation.access.secrets import new_secret
from services.foundation.embedded_postgres import EmbeddedPostgres
from tests.doors import (
    ALL,
    DOORS,
    FEED,
    LETS_IN,
    OPEN,
    Door,
    cookie,
    paths_of,
    token_of,
)
from tests.e2e.asking import flaw_of
from tests.knocking import bearer, ended_feed, refused_headers, told
from tests.two_ledgers import MARKERS, OURS, THEIRS, TwoLedgers, told_twice

SHUT = [door for door in DOORS if door.scope not in {OPEN, FEED}]
API = [door for door in SHUT if not door.is_page]
PAGES = [door for door in SHUT if door.is_page]
SHOWN = [door for door in PAGES if not door.is_form]
FORMS = [door for door in PAGES if door.is_form]
UNSAFE = [door for door in API if door.method != "GET"]
HTML = "text/html"


def named(doors: list[Door]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("door", doors, ids=[door.name for door in doors])


@pytest.fixture(scope="module")
def both(server: EmbeddedPostgres, migrated: str) -> Iterator[TwoLedgers]:
    """Two ledgers with the same story."""
    with told_twice(server, migrated) as made:
        yield made


@pytest.fixture(scope="module")
def nobody(both: TwoLedgers) -> Iterator[httpx2.Client]:
    with both.anonymous() as client:
        yield client


@pytest.fixture(scope="module")
def keys(both: TwoLedgers) -> Mapping[str, str]:
    """A key of each scope alone, and one of another ledger that allows everything."""
    own = {scope: both.paced.make_key(scope) for scope in ALL}
    return own | {THEIRS: both.paced.make_key(*SCOPES, ledger=THEIRS)}


@pytest.fixture(scope="module")
def sessions(both: TwoLedgers) -> Mapping[str, str]:
    """A session of a key of each scope alone, and one of both that pages ask for."""
    own = {scope: both.session(OURS, scope) for scope in ALL}
    return own | {"both": both.session(OURS, "record", "read")}


@pytest.fixture(scope="module")
def refused(both: TwoLedgers) -> Mapping[str, Mapping[str, str]]:
    return refused_headers(both)


def test_no_path_is_without_a_rule(both: TwoLedgers) -> None:
    assert {door.name for door in DOORS} == paths_of(both.paced.app)


@named([door for door in DOORS if door.scope == OPEN])
def test_what_is_open_is_open_to_all_and_the_same_to_all(
    door: Door, nobody: httpx2.Client, refused: Mapping[str, Mapping[str, str]]
) -> None:
    expected = door.request(nobody)
    assert expected.status_code == door.status
    if door.path in {"/metrics", "/login"}:  # it counts; it shows a form its session
        return
    for why, headers in refused.items():
        answer = door.request(nobody, **headers)
        assert (why, told(answer)) == (why, told(expected))


@named(API + PAGES)
def test_who_is_nobody_is_let_in_nowhere_and_told_the_same(
    door: Door, nobody: httpx2.Client, refused: Mapping[str, Mapping[str, str]]
) -> None:
    expected = door.request(nobody)
    assert flaw_of(expected, "unauthorized") is None
    for why, headers in refused.items():
        if door.is_form and "beside" in why:
            continue  # forms look at the session alone; see below
        answer = door.request(nobody, **headers)
        assert (why, told(answer)) == (why, told(expected))


@named(API)
def test_a_key_is_let_in_by_its_scope_alone(
    door: Door, nobody: httpx2.Client, keys: Mapping[str, str]
) -> None:
    for scope in ALL:
        answer = door.request(nobody, **bearer(keys[scope]))
        if scope in LETS_IN[door.scope]:
            assert (scope, answer.status_code) == (scope, door.status), answer.text
        else:
            assert (scope, flaw_of(answer, "forbidden")) == (scope, None)


@named(API)
def test_a_session_is_let_in_by_its_keys_scope(
    door: Door, nobody: httpx2.Client, sessions: Mapping[str, str]
) -> None:
    for scope in ALL:
        session = sessions[scope]
        headers = {"Cookie": cookie(session)}
        answer = door.request(nobody, token_of(session), **headers)
        if scope in LETS_IN[door.scope]:
            assert (scope, answer.status_code) == (scope, door.status), answer.text
        else:
            assert (scope, flaw_of(answer, "forbidden")) == (scope, None)


@named(UNSAFE)
def test_a_session_changes_nothing_for_a_page_that_is_not_its_own(
    door: Door, nobody: httpx2.Client, sessions: Mapping[str, str]
) -> None:
    session, other = sessions["admin"], sessions["both"]
    for token in ("", "x", token_of(other), token_of(session)[:-1], session):
        answer = door.request(nobody, token, Cookie=cookie(session))
        assert (token, flaw_of(answer, "unauthorized")) == (token, None)


@named(SHOWN)
def test_a_page_is_shown_to_a_session_by_its_scope(
    door: Door, both: TwoLedgers, nobody: httpx2.Client, sessions: Mapping[str, str]
) -> None:
    door = door._replace(at=door.at.replace("{event}", first_event(both, OURS)))
    for scope in (*ALL, "both"):
        answer = door.request(nobody, Cookie=cookie(sessions[scope]), Accept=HTML)
        wanted = 200 if scope in {*LETS_IN[door.scope], "both"} else 403
        assert (scope, answer.status_code) == (scope, wanted)
        assert answer.headers["Content-Type"].startswith(HTML)
        assert MARKERS[THEIRS] not in answer.text


def first_event(both: TwoLedgers, ledger: str) -> str:
    with both.client(ledger, "read") as reader:
        return str(reader.get("/v1/events?limit=1").json()["items"][0]["id"])


@named(SHOWN)
def test_a_page_sends_who_is_nobody_to_where_people_come_in(
    door: Door, nobody: httpx2.Client, refused: Mapping[str, Mapping[str, str]]
) -> None:
    for why, headers in refused.items():
        answer = door.request(nobody, Accept=HTML, **headers)
        assert (why, answer.status_code) == (why, 303)
        assert (why, answer.headers["Location"]) == (why, "/login")


@named(FORMS)
def test_a_form_is_taken_from_a_page_of_its_own_session_only(
    door: Door, nobody: httpx2.Client, sessions: Mapping[str, str]
) -> None:
    session, other = sessions["both"], sessions["admin"]
    for token in ("", "x", token_of(other), token_of(session)[:-1], session):
        answer = door.request(nobody, token, Cookie=cookie(session))
        assert (token, flaw_of(answer, "forbidden")) == (token, None)
    for scope in ALL:
        if door.path == "/logout":
            continue  # below: it ends the session
        answer = door.request(
            nobody, token_of(sessions[scope]), Cookie=cookie(sessions[scope])
        )
        allowed = scope in LETS_IN[door.scope]
        wanted = door.status if allowed else 403
        assert (scope, answer.status_code) == (scope, wanted), answer.text


@pytest.mark.parametrize("scope", ALL)
def test_whoever_came_in_may_go_out(both: TwoLedgers, scope: str) -> None:
    session = both.session(OURS, scope)
    with both.anonymous(Cookie=cookie(session)) as browser:
        answer = browser.post("/logout", data={"token": token_of(session)})
        assert answer.status_code == 303
        assert browser.get("/").status_code == 401


def test_a_feed_opens_by_its_own_token_alone(
    both: TwoLedgers, nobody: httpx2.Client, keys: Mapping[str, str]
) -> None:
    (feed,) = (door.path for door in DOORS if door.scope == FEED)
    refused = told(nobody.get(feed, params={"token": new_secret("al-feed", OURS)}))
    assert refused[0] == 401
    wrong = {
        "of nobody": "",
        "a key": keys["admin"],
        "a session": both.session(OURS, *SCOPES),
        "of whoever may not read": both.feed(OURS, "record"),
        "that was ended": ended_feed(both),
    }
    for why, token in wrong.items():
        answer = nobody.get(feed, params={"token": token})
        assert (why, told(answer)) == (why, refused)
    for ledger, other in ((OURS, THEIRS), (THEIRS, OURS)):
        answer = nobody.get(feed, params={"token": both.feed(ledger, "read")})
        assert answer.status_code == 200
        assert MARKERS[ledger] in answer.text
        assert MARKERS[other] not in answer.text


@named(API)
def test_another_ledgers_key_opens_its_own_ledger_only(
    door: Door, nobody: httpx2.Client, keys: Mapping[str, str]
) -> None:
    answer = door.request(nobody, **bearer(keys[THEIRS]))
    assert answer.status_code == door.status, answer.text
    if not door.streams:
        assert MARKERS[OURS] not in answer.text
