"""Every derived answer says of how many events it cannot tell whether they are in."""

import json
from collections.abc import Iterator
from typing import Final

import httpx2
import pytest

from contracts.schemas import FOLDER
from tests.e2e.acts_story import contact, identify, ledger_of, on
from tests.e2e.asking import event, head, read, record
from tests.running import RunningService

ANSWERS: Final = json.loads((FOLDER / "openapi.json").read_text())["paths"]
TELLING: Final = sorted(
    path
    for path, of in ANSWERS.items()
    if "as_of" in {asked["name"] for asked in of.get("get", {}).get("parameters", ())}
    and not path.startswith("/v1/export/")
)
OF_ONE: Final = ("offers", "commitments", "deliveries", "late", "rhythm", "wheel")
PAGED: Final = ("balances", "offers", "commitments", "partners/acme/postings")


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[httpx2.Client]:
    """A ledger with two facts of "some time in 2014", one of each partner."""
    with ledger_of(service) as client:
        identify(client, "acme", "birch")
        proposed = {"by": "us", "scope": "all", "asks": [], "gives": []}
        tie = event("AllianceProposed", "acme", alliance="one", **proposed)
        offers = [
            on("2014", event("HelpOffered", name, by="us", kind="space", offer=ref))
            for name in ("acme", "birch")
            for ref in ("o", "p")
        ]
        promises = [
            on("2013", event("ResourceCommitted", "acme", by="us", kind="space"))
            for _ in range(2)
        ]
        record(client, [on("2013", tie), *offers, *promises])
        record(client, contact("2014-05-05", "acme"))
        yield client


@pytest.mark.parametrize("path", TELLING)
def test_an_answer_tells_how_many_events_may_lie_after_as_of(
    told: httpx2.Client, path: str
) -> None:
    query: dict[str, str | int] = {"as_of": "2014-05", "min_position": head(told)}
    if path == "/v1/compare":
        query["partners"] = "acme,birch"
    if path.endswith("/changes"):
        query["known_from"] = "position:1"
    of_one = "{" in path
    address = path.format(partner="acme", alliance="one")
    assert read(told, address, **query)["uncertain"] == (2 if of_one else 4)


@pytest.mark.parametrize("path", OF_ONE)
def test_a_list_of_one_partner_counts_only_its_events(
    told: httpx2.Client, path: str
) -> None:
    query = {"as_of": "2014-05", "partner": "birch", "min_position": head(told)}
    assert read(told, f"/v1/{path}", **query)["uncertain"] == 2


def test_nothing_is_uncertain_when_the_year_is_over(told: httpx2.Client) -> None:
    assert read(told, "/v1/today", min_position=head(told))["uncertain"] == 0


@pytest.mark.parametrize("path", PAGED)
def test_the_next_page_is_of_the_moment_of_the_first(
    told: httpx2.Client, path: str
) -> None:
    first = told.get(f"/v1/{path}", params={"limit": 1, "min_position": head(told)})
    following = told.get(first.links["next"]["url"])
    assert following.json()["as_of"] == first.json()["as_of"]
    assert following.json()["items"]
