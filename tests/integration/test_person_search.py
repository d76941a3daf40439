"""Partners are found and sorted by names of people, which no database ever sees."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.foundation import freshness
from services.foundation.answers import unpack_cursor
from services.projections.answers.paging import CUT
from tests.integration.people_told import MARKERS, House, house, tell
from tests.servers import Database


@pytest.fixture
def told(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house in which much was said of people."""
    monkeypatch.setattr(freshness, "LISTEN_SECONDS", 0.05)
    with house(database) as opened:
        tell(opened)
        yield opened


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("hanako", ["second"]),
        ("MARKUSSON", ["second"]),
        ("jiro", ["second"]),
        ("singleton", ["taro"]),
        ("一人", ["taro"]),
        ("second company", ["second"]),
        ("tar", ["taro"]),
        ("bachelor", []),
        ("otto", []),
        ("sealed", []),
        ("person", []),
        ("n", ["second", "taro"]),
        ("nobody", []),
    ],
)
def test_partners_are_found_by_their_own_and_their_peoples_names(
    told: House, part: str, found: list[str]
) -> None:
    assert told.listed(q=part) == found


def test_a_search_follows_corrections_and_retractions_of_people(told: House) -> None:
    added = told.say("PersonAdded", "second", person="p3", side="partner", name="Alma")
    renamed = {"person": "p3", "side": "partner", "name": "Berta"}
    before = {"target": added, "data": renamed, "reason": "Misheard."}
    correction = told.say("EventCorrected", "second", **before)
    told.fold()
    assert (told.listed(q="alma"), told.listed(q="berta")) == ([], ["second"])
    told.say("EventRetracted", "second", target=correction, reason="Heard well.")
    told.fold()
    assert (told.listed(q="alma"), told.listed(q="berta")) == (["second"], [])
    retraction = told.say("EventRetracted", "second", target=added, reason="Nobody.")
    told.fold()
    assert told.listed(q="alma") == []
    told.say("EventRetracted", "second", target=retraction, reason="Somebody.")
    told.fold()
    assert told.listed(q="alma") == ["second"]


def test_a_search_finds_who_was_known_by_then(told: House) -> None:
    assert told.listed(q="hanako", as_of="2020-01-01") == []
    assert told.listed(q="hanako", as_of="2020-01-02") == ["second"]


def test_a_merged_partners_people_are_found_at_the_survivor(told: House) -> None:
    told.say("PartnerIdentified", "third", name="Third")
    told.say("PartnerMerged", "second", into="third", reason="The same.")
    told.fold()
    assert told.listed(q="hanako") == ["third"]


def test_who_was_erased_is_found_no_more_at_once_while_read_models_lag(
    told: House,
) -> None:
    assert told.listed(q="hanako") == ["second"]
    assert told.listed(q="singleton") == ["taro"]
    told.say("PersonalDataErased", "second", person="p1", basis="Asked for it.")
    told.say("PersonalDataErased", "taro", person="taro", basis="Asked for it.")
    for part in ("hanako", "singleton", "一人", "erased"):
        assert told.listed(q=part) == [], part
    assert told.listed(q="jiro") == ["second"]


def test_people_stand_among_companies_in_the_order_of_names(told: House) -> None:
    names = {"m": "Mori", "z": "Zeta Works", "a": "apple", "b": "Banana"}
    for number, (partner, name) in enumerate(names.items()):
        kind = "person" if number % 2 else "company"
        told.say("PartnerIdentified", partner, name=name, kind=kind)
    told.fold()
    order = ["a", "b", "m", "second", "taro", "z"]
    assert told.listed(sort="name") == order
    assert told.listed(sort="-name") == order[::-1]
    assert paged(told, sort="name", limit=1) == order
    assert paged(told, sort="-name", limit=2) == order[::-1]
    assert paged(told, sort="name", q="an", limit=1) == ["b", "second"]


def test_pages_by_name_go_on_where_they_were_after_an_erasure(told: House) -> None:
    for partner, name in {"m": "Mori", "z": "Zeta", "b": "Bo"}.items():
        told.say("PartnerIdentified", partner, name=name, kind="person")
    told.fold()
    first = told.answers.get("/v1/partners", params={"sort": "name", "limit": 2})
    assert [item["partner"] for item in first.json()["items"]] == ["b", "m"]
    told.say("PersonalDataErased", "m", person="m", basis="Asked for it.")
    rest = told.answers.get(first.links["next"]["url"])
    assert [i["partner"] for i in rest.json()["items"]] == ["second", "taro"]


def test_a_cursor_of_another_order_is_refused(told: House) -> None:
    url = told.answers.get("/v1/partners", params={"limit": 1}).links["next"]["url"]
    for other in ("name", "-name"):
        answer = told.answers.get(f"{url}&sort={other}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/query/cursor"


def paged(told: House, **query: str | int) -> list[str]:
    """The partners of all pages, by following links that tell no name."""
    answer = told.answers.get("/v1/partners", params=query)
    found = [item["partner"] for item in answer.json()["items"]]
    while "next" in answer.links:
        url = answer.links["next"]["url"]
        cursor = unpack_cursor(
            url.partition("cursor=")[2].partition("&")[0],
            {**CUT, "key": str, "partner": str},
        )
        assert cursor is not None
        assert cursor["key"].isdigit()
        answer = told.answers.get(url)
        found += [item["partner"] for item in answer.json()["items"]]
    return found


def test_the_database_never_sees_what_is_searched_for(database: Database) -> None:
    """PostgreSQL writes every statement with its parameters to its log here."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET log_statement = 'all'")
        ((folder,),) = connection.execute("SHOW data_directory").fetchall()
    with house(database) as told:
        tell(told)
        assert told.listed(q="Singleton", sort="name") == ["taro"]
        assert told.listed(q="Markusson") == ["second"]
        for path in ("/v1/partners/second", "/v1/partners/taro/history", "/v1/today"):
            told.get(path)
    said = (Path(folder).parent / "server.log").read_text("utf-8", "replace")
    assert said.count("FROM relationships AS r") > 1
    assert not [
        marker for marker in ("ingleton", "arkusson", *MARKERS) if marker in said
    ]
