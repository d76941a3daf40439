"""A ledger in which much is said of people, asked over HTTP in this process.

Nothing is folded unless a test says so: read models lag as long as it wants.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from fastapi.testclient import TestClient

from services.foundation.access import SCOPES
from services.foundation.database import open_pool
from services.ledger.app import create_app as ledger_app
from services.projections.app import create_app as answers_app
from services.projections.engine.advance import Engine
from services.projections.worker import PROJECTIONS
from tests.admission import make_key, means
from tests.servers import Database

Json = dict[str, Any]
HANAKO: Final = {
    "name": "Hanako Markusson",
    "email": "hanako.markusson@second.example",
    "phone": "+81 3 5555 0199",
}
NOTE: Final = "Hanako told us of her twins and her bad back."
THANKS: Final = "Hanako wept with joy."
TARO: Final = "Taro Singleton"
IN_JAPANESE: Final = "一人太郎"
FORMER: Final = "Taro Bachelor"
HIS_NOTE: Final = "Taro plays the koto badly."
OURS: Final = {"name": "Otto Ownman", "email": "otto@ours.example"}
OF_HANAKO: Final = (*HANAKO.values(), NOTE, THANKS)
OF_TARO: Final = (TARO, IN_JAPANESE, FORMER, HIS_NOTE)
MARKERS: Final = (*OF_HANAKO, *OF_TARO, *OURS.values())


@dataclass(frozen=True)
class House:
    """Both services over one database, and what folds when it is told to."""

    database: Database
    ledger: TestClient
    answers: TestClient
    engine: Engine

    def say(self, kind: str, on: str, at: str = "2020-01-02", /, **data: Any) -> str:
        """Record a fact; the id of its event."""
        told = {"type": kind, "partner": on, "occurred_at": at, "data": data}
        answer = self.ledger.post("/v1/events", json=told)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def fold(self) -> None:
        """Bring every read model up to the log."""
        for projection in PROJECTIONS:
            self.engine.prepare(projection)
            while self.engine.advance(projection, "default", 1_000):
                pass

    def get(self, path: str, /, accept: str = "*/*", **query: Any) -> str:
        """The text of an answer."""
        headers = {"Accept": accept}
        answer = self.answers.get(path, params=query, headers=headers)
        assert answer.status_code == 200, (path, answer.text)
        return answer.text

    def listed(self, **query: Any) -> list[str]:
        """The ids of the partners of a list, in its order."""
        items = self.answers.get("/v1/partners", params=query).json()["items"]
        return [item["partner"] for item in items]


@contextmanager
def house(database: Database) -> Iterator[House]:
    """Open both services over a database."""
    headers = {"Authorization": f"Bearer {make_key(database.owner_dsn, SCOPES)}"}
    pool = open_pool(database.service_dsn, min_size=1, max_size=2, name="folds")
    with ExitStack() as open_things:
        open_things.callback(pool.close)
        apps = ledger_app(means(database)), answers_app(means(database))
        clients = [
            open_things.enter_context(TestClient(app, headers=headers)) for app in apps
        ]
        yield House(database, clients[0], clients[1], Engine(pool))


def tell(told: House) -> None:
    """Say much of Hanako of a company, of the partner Taro, and of Otto of ours."""
    say = told.say
    say("PersonAdded", "_ledger", person="otto", side="us", **OURS)
    say("PartnerIdentified", "second", "2019", name="Second Company", kind="company")
    say("OwnerAssigned", "second", person="otto")
    say("PersonAdded", "second", person="p1", side="partner", **HANAKO)
    say("PersonAdded", "second", person="p2", side="partner", name="Jiro Notermann")
    met = {"by": "partner", "channel": "phone", "note": NOTE, "persons": ["p1"]}
    contact = say("ContactMade", "second", **met)
    again = {**met, "channel": "in_person"}
    say("EventCorrected", "second", target=contact, data=again, reason="Misheard.")
    say("GoalShared", "second", goal="g", whose="us", statement="Grow.")
    say("HelpDelivered", "second", delivery="d", by="us", kind="space")
    say("DeliveryAcknowledged", "second", delivery="d", persons=["p1"], note=THANKS)
    say("HelpOffered", "second", offer="o", by="partner", kind="access")
    proposal = {"by": "partner", "scope": "Fair", "asks": ["All"], "gives": []}
    say("AllianceProposed", "second", alliance="a", **proposal)
    agreed = {"name": "Fair", "project": "A fair", "starts": "2020-02-01"}
    say("AllianceAgreed", "second", alliance="a", **agreed)
    tell_of_taro(told)
    told.fold()


def tell_of_taro(told: House) -> None:
    """Identify a partner who is a person, with a name of earlier and a note."""
    say, public = told.say, {"kind": "person", "country": "JP"}
    say("PartnerIdentified", "taro", "2019", name=FORMER, **public)
    say("PartnerRenamed", "taro", name=TARO, names={"ja": IN_JAPANESE})
    say("ContactMade", "taro", by="us", channel="phone", note=HIS_NOTE)
