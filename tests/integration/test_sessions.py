"""A link lets one browser in, and the session ends with the key it stands for."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from fastapi.testclient import TestClient

from services.foundation.access import SCOPES, Access, Keys, KeyTerms, Pepper, add_key
from services.foundation.access.permission import FORM_TOKEN
from services.foundation.access.sessions import COOKIE, Sessions, make_link
from services.foundation.ledgers import create_ledger
from services.ledger.app import create_app
from tests.admission import PEPPER, means
from tests.servers import Database

LEDGER = "default"
PARTNER = {"type": "PartnerIdentified", "partner": "acme", "data": {"name": "Acme"}}


@dataclass
class Door:
    """The ledger service, and how browsers come in."""

    http: TestClient
    sessions: Sessions
    keys: Keys
    access: Access
    owner_dsn: str
    key_id: str

    def forget(self) -> None:
        """What a notification does a moment later."""
        self.access.forget(LEDGER)

    def link(self) -> str:
        with psycopg.connect(self.owner_dsn) as connection:
            return make_link(connection, PEPPER, LEDGER, self.key_id)

    def session(self) -> str:
        session = self.sessions.begin(self.link())
        assert session is not None
        return session

    def get(self, session: str) -> int:
        cookies = {"Cookie": f"{COOKIE}={session}"}
        return self.http.get("/v1/events", headers=cookies).status_code

    def post(self, session: str, **headers: str) -> int:
        sent = {"Cookie": f"{COOKIE}={session}", **headers}
        return self.http.post("/v1/events", json=PARTNER, headers=sent).status_code


@pytest.fixture
def door(database: Database) -> Iterator[Door]:
    with psycopg.connect(database.owner_dsn) as connection:
        create_ledger(connection, LEDGER, "UTC")
        made = add_key(connection, PEPPER, LEDGER, KeyTerms("Hanako", SCOPES))
    with TestClient(app := create_app(means(database))) as http:
        state = app.state
        yield Door(
            http, state.sessions, state.keys, state.access, database.owner_dsn, made.id
        )


def test_a_link_works_once(door: Door) -> None:
    link = door.link()
    session = door.sessions.begin(link)
    assert session is not None
    assert door.get(session) == 200
    assert door.sessions.begin(link) is None


def test_a_link_that_nobody_used_in_time_lets_nobody_in(door: Door) -> None:
    link = door.link()
    with psycopg.connect(door.owner_dsn) as connection:
        connection.execute("UPDATE links SET expires_at = now() - interval '1 second'")
    assert door.sessions.begin(link) is None


@pytest.mark.parametrize("token", ["", "x", "al-link.default." + "A" * 43, "\0"])
def test_what_is_no_link_lets_nobody_in(door: Door, token: str) -> None:
    assert door.sessions.begin(token) is None


def test_a_session_changes_something_only_for_a_page_of_its_own(door: Door) -> None:
    session, other = door.session(), door.session()
    assert door.post(session) == 401
    assert door.post(session, **{FORM_TOKEN: PEPPER.form_token(other)}) == 401
    assert door.post(session, **{FORM_TOKEN: PEPPER.form_token(session)}) == 201


def test_who_signs_out_is_out_at_once_and_others_stay(door: Door) -> None:
    session, other = door.session(), door.session()
    assert (door.get(session), door.get(other)) == (200, 200)
    door.sessions.end(session)
    door.forget()
    assert (door.get(session), door.get(other)) == (401, 200)


def test_a_revoked_key_takes_its_sessions_and_links_with_it(door: Door) -> None:
    session, link = door.session(), door.link()
    door.keys.revoke(LEDGER, door.key_id)
    door.forget()
    assert door.get(session) == 401
    assert door.sessions.begin(link) is None


def test_a_session_that_is_over_lets_nobody_in(door: Door) -> None:
    session = door.session()
    with psycopg.connect(door.owner_dsn) as connection:
        connection.execute("UPDATE sessions SET expires_at = now()")
    assert door.get(session) == 401


def test_the_database_alone_opens_nothing(door: Door) -> None:
    session, link = door.session(), door.link()
    with psycopg.connect(door.owner_dsn) as connection:
        kept = connection.execute(
            "SELECT hash FROM keys UNION ALL SELECT hash FROM sessions"
            " UNION ALL SELECT hash FROM links"
        ).fetchall()
    hashes = {text for (text,) in kept}
    assert PEPPER.hash_of(session) in hashes
    assert PEPPER.hash_of(link) in hashes
    assert not hashes & {session, link}
    assert not hashes & {Pepper(b"other").hash_of(s) for s in (session, link)}
