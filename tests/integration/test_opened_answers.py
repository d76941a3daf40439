"""Every answer opens personal text on its way out, and erased text reads "erased"."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest
from fastapi.routing import APIRoute

from contracts.events.base import SEALED
from services.foundation import freshness
from services.projections.app import ROUTERS
from tests.admission import make_key
from tests.integration.people_told import (
    HANAKO,
    HIS_NOTE,
    MARKERS,
    NOTE,
    OF_HANAKO,
    OF_TARO,
    OURS,
    TARO,
    THANKS,
    House,
    house,
    tell,
)
from tests.servers import Database

ACCEPTED: Final = ("application/json", "application/x-ndjson", "text/csv", "text/plain")
QUERIES: Final[dict[str, dict[str, Any]]] = {
    "/v1/compare": {"partners": "second,taro"},
    "/v1/partners/{partner}/changes": {"known_from": "position:9"},
    "/v1/late": {"days": 1},
}
NEVER_ENDS: Final = "/v1/changes/stream"
BY_TOKEN = "/v1/next-contacts.ics"
"""A calendar has no header to show a key in."""
SHOWN: Final = {*MARKERS} - {*OURS.values()}
"""What answers tell; of people of ours only the log tells."""


@pytest.fixture
def told(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house in which much was said of people."""
    monkeypatch.setattr(freshness, "LISTEN_SECONDS", 0.05)
    with house(database) as opened:
        tell(opened)
        yield opened


def pages() -> list[str]:
    """Every path of the API that answers to GET with a key; pages are its clients."""
    routes = [route for router in ROUTERS for route in router.routes]
    return [
        r.path
        for r in routes
        if isinstance(r, APIRoute)
        and r.methods == {"GET"}
        and r.path.startswith("/v1/")
        and r.path not in {NEVER_ENDS, BY_TOKEN}
    ]


def everything(told: House, partner: str = "second") -> dict[tuple[str, str], str]:
    """All that is told, by path and form, of one partner where one is asked for."""
    found = {}
    for path in pages():
        named = path.format(partner=partner, alliance="a")
        for accept in ACCEPTED:
            answer = told.answers.get(
                named, params=QUERIES.get(path, {}), headers={"Accept": accept}
            )
            missing = path == "/v1/verifications/latest" and answer.status_code == 404
            assert answer.status_code in {200, 406} or missing, (path, answer.text)
            if answer.status_code == 200:
                found[path, accept] = answer.text
    return found


def test_rows_and_documents_hold_personal_text_only_sealed(told: House) -> None:
    with psycopg.connect(told.database.owner_dsn) as connection:
        rows = [
            str(row)
            for table in ("events", "relationships", "acts", "late_facts")
            for row in connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 (ours)
        ]
    assert sum(SEALED in row for row in rows) > len(MARKERS) / 2
    assert not [marker for marker in MARKERS for row in rows if marker in row]


def test_no_answer_shows_sealed_text_and_readers_see_the_plain(told: House) -> None:
    texts = [*everything(told).values(), *everything(told, "taro").values()]
    assert len(texts) > 40
    whole = "\n".join(texts)
    assert SEALED not in whole
    for marker in SHOWN:
        assert marker in whole, marker


def test_people_are_read_with_name_mail_and_phone(told: House) -> None:
    body = told.answers.get("/v1/partners/second").json()
    person = next(p for p in body["persons"] if p["person"] == "p1")
    assert {name: person[name] for name in HANAKO} == HANAKO


def test_history_tells_notes_corrections_and_names_of_earlier(told: House) -> None:
    text = told.get("/v1/partners/second/history")
    assert NOTE in text
    assert THANKS in text
    text = told.get("/v1/partners/taro/history")
    assert all(marker in text for marker in OF_TARO)


def test_an_opened_text_is_no_formula_in_a_sheet(told: House) -> None:
    told.say("PartnerIdentified", "eve", name="=1+1", kind="person")
    told.fold()
    assert "'=1+1" in told.get("/v1/partners", "text/csv", q="eve")


def test_what_was_erased_reads_erased_at_once_while_read_models_lag(
    told: House,
) -> None:
    everything(told)
    told.say("PersonalDataErased", "second", person="p1", basis="Asked for it.")
    for text in everything(told).values():
        assert SEALED not in text
        assert not [marker for marker in OF_HANAKO if marker in text]
    body = told.answers.get("/v1/partners/second").json()
    person = next(p for p in body["persons"] if p["person"] == "p1")
    assert {person[name] for name in HANAKO} == {"erased"}
    assert '"note":"erased"' in told.get("/v1/partners/second/history")
    assert "Jiro Notermann" in told.get("/v1/partners/second")


def test_erasing_a_partner_who_is_a_person_erases_its_names(told: House) -> None:
    told.say("PersonalDataErased", "taro", person="taro", basis="Asked for it.")
    texts = everything(told, "taro")
    assert not [m for m in OF_TARO for text in texts.values() if m in text]
    (item,) = told.answers.get("/v1/partners", params={"q": "taro"}).json()["items"]
    assert (item["name"], item["names"]) == ("erased", {"ja": "erased"})


def test_an_entity_tag_changes_when_what_it_tags_is_erased(told: House) -> None:
    paths = "/v1/partners/second", "/v1/partners/second/history"
    query = {"as_of": "2021"}
    tags = {p: told.answers.get(p, params=query).headers["etag"] for p in paths}
    for path, tag in tags.items():
        asked = told.answers.get(path, params=query, headers={"If-None-Match": tag})
        assert asked.status_code == 304
    told.say("PersonalDataErased", "second", person="p1", basis="Asked for it.")
    for path, tag in tags.items():
        asked = told.answers.get(path, params=query, headers={"If-None-Match": tag})
        assert asked.status_code == 200


def test_whoever_may_only_record_reads_nothing(told: House) -> None:
    key = make_key(told.database.owner_dsn, ("record",))
    headers = {"Authorization": f"Bearer {key}"}
    for path in pages():
        named = path.format(partner="second", alliance="a")
        answer = told.answers.get(named, params=QUERIES.get(path), headers=headers)
        assert answer.status_code == 403, path


def test_saying_the_same_again_is_no_change(told: House) -> None:
    """Text is sealed anew each time; what it says decides."""
    path, told_at = "/v1/partners/taro/changes", head(told)
    contact = contact_of(told, "taro")
    same = {"by": "us", "channel": "phone", "note": HIS_NOTE}
    said = {"target": contact, "data": same, "reason": "Nothing."}
    told.say("EventCorrected", "taro", **said)
    told.fold()
    query = {"known_from": f"position:{told_at}"}
    assert told.answers.get(path, params=query).json()["events"] == []
    other = {**said, "data": {**same, "note": "Taro plays well."}}
    changed = told.say("EventCorrected", "taro", **other)
    told.fold()
    events = told.answers.get(path, params=query).json()["events"]
    assert changed in [event["event"] for event in events]


def head(told: House) -> int:
    """The position that the read models have reached."""
    items = told.answers.get("/v1/projections").json()["items"]
    return min(int(item["position"]) for item in items)


def contact_of(told: House, partner: str) -> str:
    """The event of a partner's contact."""
    items = told.answers.get(f"/v1/partners/{partner}/history").json()["items"]
    return next(str(i["event"]) for i in items if i["type"] == "ContactMade")


def test_a_name_that_looks_sealed_reads_as_it_was_said(told: House) -> None:
    told.say("PartnerIdentified", "odd", name=f"{SEALED}person", kind="company")
    told.fold()
    assert f"{SEALED}person" in told.get("/v1/partners/odd")


def test_taro_is_compared_by_his_name(told: House) -> None:
    query = {"partners": "second,taro"}
    body = told.answers.get("/v1/compare", params=query).json()
    assert [p["name"] for p in body["partners"]] == ["Second Company", TARO]


def test_why_a_projection_stopped_repeats_nothing_of_the_data(told: House) -> None:
    stopped = {
        "acts": (f"ValueError: {NOTE}", "ValueError"),
        "postings": (
            f"The switch failed: KeyError: {NOTE}",
            "The switch failed: KeyError",
        ),
        "relationship": ("Built anew, acts has 2 rows and not 1.",) * 2,
    }
    halt = "UPDATE checkpoints SET error = %s, halted_at = 1 WHERE projection = %s"
    with psycopg.connect(told.database.owner_dsn) as connection:
        for name, (error, _) in stopped.items():
            connection.execute(halt, (error, name))
    items = told.answers.get("/v1/projections").json()["items"]
    shown = {item["name"]: item["last_error"] for item in items}
    assert shown == {name: kind for name, (_, kind) in stopped.items()}
