"""Two ledgers of one installation with the same story, told in two people's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
import psycopg

from services.foundation.access import SCOPES, KeyTerms, add_key
from services.foundation.access.sessions import Sessions, make_link
from services.foundation.embedded_postgres import EmbeddedPostgres
from services.foundation.sse import Pace
from services.ledger.integrity.notes import Signer
from services.projections.audit.auditor import Auditor
from services.projections.audit.findings import Bounds
from services.projections.engine.advance import Engine
from services.projections.worker import PROJECTIONS
from tests.admission import PEPPER
from tests.e2e.alliance_story import agree, propose
from tests.e2e.asking import Json, event, record
from tests.e2e.listening import Paced, paced_service
from tests.servers import Database, data_folder, drop_database, fresh_database
from tests.signed_ledgers import grow_and_sign

OURS, THEIRS = "default", "theirs"
MARKERS: Final = {OURS: "Marker-Ours", THEIRS: "Marker-Their"}
"""Of one length, so that answers differ by nothing else."""
TIE: Final = "tie-of-a-form"
HOURS: Final = {"amount": "11", "unit": "hour"}
YEN: Final = {"amount": "150000", "unit": "JPY"}
PACE: Final = Pace(recheck=0.2)


@dataclass(frozen=True)
class TwoLedgers:
    """Both services in this process, and the two ledgers that they serve."""

    paced: Paced
    heads: Path
    """Where the signed heads of these two are kept, and what signs them."""

    @property
    def database(self) -> Database:
        return self.paced.database

    def client(self, ledger: str, *scopes: str) -> httpx2.Client:
        """A client with a new key of a ledger; of every scope unless some are named."""
        return self.paced.client(
            self.paced.make_key(*(scopes or SCOPES), ledger=ledger)
        )

    def anonymous(self, **headers: str) -> httpx2.Client:
        return httpx2.Client(base_url=self.paced.url, headers=headers, timeout=10)

    def key_id(self, ledger: str, *scopes: str) -> str:
        """The id of a new key."""
        with psycopg.connect(self.database.owner_dsn) as connection:
            return add_key(connection, PEPPER, ledger, KeyTerms("x", scopes)).id

    def feed(self, ledger: str, *scopes: str) -> str:
        """The token of a feed."""
        sessions: Sessions = self.paced.app.state.sessions
        return sessions.feed(ledger, self.key_id(ledger, *scopes))

    def session(self, ledger: str, *scopes: str) -> str:
        """A session of a browser that came in by a link."""
        key_id = self.key_id(ledger, *scopes)
        with psycopg.connect(self.database.owner_dsn) as connection:
            token = make_link(connection, PEPPER, ledger, key_id)
        with self.anonymous() as browser:
            browser.get("/login", params={"token": token})
            (session,) = browser.cookies.values()
            return session

    def settle(self) -> None:
        """What the workers do: folds, trees, and the audits that were asked for."""
        pool = self.paced.app.state.pool
        engine = Engine(pool)
        for projection in PROJECTIONS:
            engine.prepare(projection)
            for ledger in MARKERS:
                while engine.advance(projection, ledger, 5_000):
                    pass
        signer = Signer.of(self.heads / "signing.key")
        grow_and_sign(self.database.service_dsn, signer, self.heads)
        Auditor(pool, timedelta(), Bounds()).look()


@contextmanager
def two_ledgers(database: Database) -> Iterator[TwoLedgers]:
    """Serve two ledgers, both of them empty."""
    with data_folder() as heads, paced_service(database, PACE) as paced:
        made = TwoLedgers(paced, heads)
        for ledger in MARKERS:
            paced.make_key("read", ledger=ledger)
        yield made


@contextmanager
def told_twice(server: EmbeddedPostgres, migrated: str) -> Iterator[TwoLedgers]:
    """Two ledgers with a story each, and all that the workers make of it."""
    database = Database(*fresh_database(server.dsn, template=migrated))
    with two_ledgers(database) as made:
        for ledger, words in MARKERS.items():
            with made.client(ledger) as owner:
                tell(owner, words)
                owner.post("/v1/verifications", params={"seed": 1})
        made.settle()
        yield made
    drop_database(database.owner_dsn)


def tell(client: httpx2.Client, words: str) -> list[Json]:
    """Tell a story that every answer has something of; the recorded events."""
    told: list[Json] = record(client, story(words))["items"]
    last: Json = record(client, revised(told, words))
    return [*told, *last["items"]]


def story(words: str) -> list[Json]:
    said: dict[str, Any] = {"by": "us", "channel": "phone", "note": words}
    promise: Json = {"by": "partner", "kind": "space", "quantity": HOURS}
    return [
        event("PersonAdded", "_ledger", person="taro", side="us", name=words),
        *(identified(name, words) for name in ("acme", "birch", "cedar", "dogwood")),
        event("OwnerAssigned", "acme", person="taro"),
        event("PersonAdded", "acme", person="hana", side="partner", name=words),
        event("CadenceSet", "acme", target_days=30, max_days=90),
        event("ContactMade", "acme", persons=["hana", "taro"], **said)
        | {"correlation": TIE, "source": {"system": "mail", "ref": "1"}},
        event("ContactMade", "birch", **said) | {"occurred_at": "2014-05-01"},
        event("GoalShared", "acme", goal="g", whose="us", statement=words),
        event("IdeaProposed", "acme", idea="i", by="partner", statement=words),
        event("HelpOffered", "acme", offer="o", **promise),
        event("ResourceCommitted", "acme", commitment="c", due="2014-12-31", **promise),
        event("HelpDelivered", "acme", delivery="d", commitment="c", **promise),
        event("ResourceCommitted", "birch", commitment="b", **promise),
        event("HelpDelivered", "cedar", **(promise | {"quantity": YEN})),
        event("HelpDelivered", "acme", delivery="e", **(promise | {"by": "us"})),
        event("DeliveryAcknowledged", "acme", delivery="e", note=words),
        propose("2014-01-10", "acme", "seminar"),
        agree("2014-03-05", "acme", name=words),
        agree("2014-03-05", "birch", name=words),
        propose("2014-02-01", "cedar", "database"),
    ]


def identified(name: str, words: str) -> Json:
    said = event("PartnerIdentified", name, name=f"{words} {name}", country="JP")
    return said | {"occurred_at": "2013"}


def revised(told: list[Json], words: str) -> list[Json]:
    """A retraction, and two partners that turn out to be one."""
    (late,) = [e for e in told if e["occurred_at"] == "2014-05-01"]
    return [
        event("EventRetracted", "birch", target=late["id"], reason=words),
        event("PartnerMerged", "dogwood", into="birch", reason=words),
    ]
