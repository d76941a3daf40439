"""Every path of the service, what lets somebody in there, and a request that is right.

The table is the claim; `tests/e2e/test_access_matrix.py` holds the service against it.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import httpx2
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from services.foundation.access.permission import FORM_TOKEN
from services.foundation.access.sessions import COOKIE
from tests.admission import PEPPER
from tests.e2e.asking import contact

ALL: Final = ("record", "read", "admin")
LETS_IN: Final[Mapping[str, frozenset[str]]] = {
    "read": frozenset(("read", "admin")),
    "record": frozenset(("record", "admin")),
    "admin": frozenset(("admin",)),
    # A form of the pages asks for what it shows, too.
    "both": frozenset(("admin",)),
    "session": frozenset(ALL),
}
"""By what a door asks for: the scopes of which one alone suffices."""
OPEN: Final = "open"
FEED: Final = "feed"
"""By a token in the address, which opens nothing else."""
NOBODY: Final = "0000000000000000"
SOME_EVENT: Final = "01890a5d-ac96-774b-bcce-b302099a8057"


class Door(NamedTuple):
    """A path, whom it lets in, and a request that is right: its answer."""

    method: str
    path: str
    scope: str
    at: str = ""
    status: int = 200
    sends: Any = None
    is_page: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_form(self) -> bool:
        return self.is_page and self.method == "POST"

    @property
    def streams(self) -> bool:
        return self.path.endswith("/stream")

    def request(
        self, client: httpx2.Client, token: str = "", **headers: str
    ) -> httpx2.Response:
        """Knock; of a stream only the beginning is read."""
        content: str | bytes | None = None
        if self.is_form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            fields = {**(self.sends or {}), "token": token}
            content = str(httpx2.QueryParams(fields))
        elif isinstance(self.sends, str):
            headers["Content-Type"] = "application/x-ndjson"
            content = self.sends
        elif self.sends is not None:
            headers["Content-Type"] = "application/json"
            content = httpx2.Request("POST", "http://x", json=self.sends).content
        if token and not self.is_form:
            headers[FORM_TOKEN] = token
        with client.stream(
            self.method, self.at or self.path, content=content, headers=headers
        ) as answer:
            if answer.status_code != 200 or not self.streams:
                answer.read()
            return answer


def reads(path: str, at: str = "", status: int = 200) -> Door:
    return Door("GET", path, "read", at, status)


def shows(path: str, at: str = "", scope: str = "read") -> Door:
    return Door("GET", path, scope, at, is_page=True)


def form(
    path: str, at: str, status: int = 303, scope: str = "record", **sent: str
) -> Door:
    return Door("POST", path, scope, at, status, sent, is_page=True)


PARTNER: Final = "/v1/partners/{partner}"
REBUILD: Final = "/v1/projections/{name}"
LINE: Final = contact("acme") | {"key": "a line"}
DOORS: Final = (
    Door("GET", "/livez", OPEN),
    Door("GET", "/readyz", OPEN),
    Door("GET", "/metrics", OPEN),
    Door("GET", "/openapi.json", OPEN),
    Door("GET", "/v1/schemas", OPEN),
    Door("GET", "/v1/schemas/{type}", OPEN, "/v1/schemas/ContactMade"),
    Door("GET", "/static/{name}", OPEN, "/static/style.css"),
    Door("GET", "/login", OPEN),
    Door("POST", "/language", OPEN, status=303),
    reads("/v1/alliances"),
    reads("/v1/alliances/{alliance}", "/v1/alliances/seminar"),
    reads("/v1/balances"),
    reads("/v1/breadth"),
    reads("/v1/changes/stream"),
    reads("/v1/commitments"),
    reads("/v1/compare", "/v1/compare?partners=acme,birch"),
    reads("/v1/deliveries"),
    reads("/v1/events"),
    reads("/v1/events/stream"),
    reads("/v1/events/{id}", f"/v1/events/{SOME_EVENT}", 404),
    reads("/v1/export/journal"),
    reads("/v1/late"),
    reads("/v1/log/checkpoint"),
    reads("/v1/log/key"),
    reads("/v1/log/proof/consistency", "/v1/log/proof/consistency?from=1"),
    reads("/v1/log/proof/inclusion", "/v1/log/proof/inclusion?position=1"),
    Door("GET", "/v1/next-contacts.ics", FEED),
    reads("/v1/offers"),
    reads("/v1/partners"),
    reads(PARTNER, "/v1/partners/acme"),
    reads(f"{PARTNER}/balance", "/v1/partners/acme/balance"),
    reads(
        f"{PARTNER}/changes",
        "/v1/partners/acme/changes?known_from=2020-01-01",
    ),
    reads(f"{PARTNER}/history", "/v1/partners/acme/history"),
    reads(f"{PARTNER}/postings", "/v1/partners/acme/postings"),
    reads(f"{PARTNER}/stages", "/v1/partners/acme/stages"),
    reads("/v1/projections"),
    reads("/v1/promises"),
    reads("/v1/proposals"),
    reads("/v1/reciprocity"),
    reads("/v1/rhythm"),
    reads("/v1/stages"),
    reads("/v1/today"),
    reads("/v1/verifications/latest"),
    reads("/v1/wheel"),
    Door("POST", "/v1/events", "record", status=201, sends=contact("acme")),
    Door("POST", "/v1/events/batch", "record", sends=json.dumps(LINE)),
    Door("GET", "/v1/keys", "admin"),
    Door(
        "POST", "/v1/keys", "admin", status=201, sends={"name": "x", "scopes": ["read"]}
    ),
    Door("DELETE", "/v1/keys/{id}", "admin", f"/v1/keys/{NOBODY}", 404),
    Door("POST", "/v1/verifications", "admin", status=202),
    Door("POST", f"{REBUILD}/rebuild", "admin", "/v1/projections/acts/rebuild", 202),
    Door("DELETE", f"{REBUILD}/rebuild", "admin", "/v1/projections/acts/rebuild", 204),
    Door("POST", f"{REBUILD}/rollback", "admin", "/v1/projections/acts/rollback", 409),
    Door("POST", f"{REBUILD}/resume", "admin", "/v1/projections/acts/resume", 202),
    shows("/"),
    shows("/partners"),
    shows("/partners/{partner}", "/partners/acme"),
    shows(
        "/partners/{partner}/changes", "/partners/acme/changes?known_from=2020-01-01"
    ),
    shows("/compare", "/compare?partners=acme,birch"),
    shows("/insights"),
    shows("/log"),
    shows("/log/{event}", "/log/{event}"),
    shows("/new", scope="record"),
    shows("/calendar"),
    shows("/record", scope="both"),
    shows("/record/other", scope="both"),
    shows("/recorded/{tie}", "/recorded/tie-of-a-form", scope="both"),
    form("/partners/{partner}/snooze", "/partners/acme/snooze", days="7"),
    form(
        "/partners/{partner}/thanks",
        "/partners/acme/thanks",
        scope="both",
        delivery="d",
        channel="phone",
    ),
    form(
        "/partners/{partner}/offers",
        "/partners/acme/offers",
        409,
        offer="none",
        answer="OfferAccepted",
    ),
    form(
        "/record",
        "/record",
        scope="both",
        partner="acme",
        channel="phone",
        tie="a form",
    ),
    Door(
        "POST",
        "/record/other",
        "record",
        status=303,
        sends={
            "type": "GoalAsked",
            "partner": "acme",
            "tie": "another form",
            "data.by": "us",
        },
        is_page=True,
    ),
    form("/log/{event}/retract", f"/log/{SOME_EVENT}/retract", 404, scope="both"),
    form("/log/{event}/correct", f"/log/{SOME_EVENT}/correct", 404, scope="both"),
    form("/recorded/{tie}/move", "/recorded/nothing/move", 404, scope="both"),
    form("/recorded/{tie}/undo", "/recorded/nothing/undo", 404, scope="both"),
    form("/new", "/new", name="A new one", tie="a new one"),
    form("/calendar", "/calendar", 200, scope="session"),
    form("/calendar/end", "/calendar/end", 200, scope="session", link="x"),
    form("/logout", "/logout", scope="session"),
)
BY_NAME: Final = {door.name: door for door in DOORS}


def paths_of(app: FastAPI) -> set[str]:
    """Every method and path that an application answers."""
    return {
        f"{method} {context.path}"
        for context in iter_route_contexts(app.routes)
        for method in context.methods or ()
        if method != "HEAD"
    }


def cookie(session: str) -> str:
    return f"{COOKIE}={session}"


def token_of(session: str) -> str:
    return PEPPER.form_token(session)
