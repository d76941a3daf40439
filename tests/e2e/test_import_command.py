"""Address books, calendars, mail and tables reach a ledger in one line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from tests.e2e.asking import Json, head, read
from tests.importing import VISITS, calendar, card, meeting, message
from tests.running import RunningService

MAP = f"""{VISITS}[us]
domains = ["ours.example"]
[domains]
"acme.example" = "acme-imported"
[organisations]
"アクメ株式会社" = "acme-imported"
"""
SOON = datetime.now(UTC) + timedelta(days=20)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    people = card(
        "UID:taro", "FN:山田 太郎", "ORG:ｱｸﾒ株式会社", "EMAIL:taro@acme.example"
    ) + card("UID:me", "FN:Me", "ORG:Ours", "EMAIL:me@ours.example")
    held = meeting("DTSTART;VALUE=DATE:20240305", "LOCATION:京都", uid="held")
    ahead = meeting(f"DTSTART:{SOON:%Y%m%dT%H%M%SZ}", uid="ahead")
    contents = {
        "contacts.vcf": people + card("UID:x", "FN:Mother"),
        "calendar.ics": calendar(held, ahead, meeting("DTSTART:soon", uid="bad")),
        "mail.mbox": message("Subject: secret", at="Tue, 5 Mar 2024 10:00:00 +0900")
        + message(sender="x@else.example", id_="<2>"),
        "visits.csv": "id,on,who\n1,2014,アクメ株式会社\n",
        "map.toml": MAP,
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content, "utf-8")
    return [str(tmp_path / name) for name in contents]


def command(service: RunningService, *arguments: str) -> Result:
    where = ("--url", service.url, "--key", service.key)
    return CliRunner().invoke(app, ["import", *arguments, *where])


def account(result: Result) -> Json:
    assert "Traceback" not in result.output
    told: Json = json.loads(result.stdout)
    return told


def test_files_of_every_kind_are_imported_once_and_a_dry_run_tells_the_truth(
    service: RunningService, files: list[str]
) -> None:
    *paths, map_path = files
    line = (*paths, "--map", map_path, "--json")
    before = head(service.client)
    dry = account(command(service, *line, "--dry-run"))
    assert head(service.client) == before
    first = command(service, *line)
    assert first.exit_code == 1  # one entry of the calendar is broken
    real = account(first)
    assert real["rows"] == dry["rows"]
    assert real["events"]["by_type"] == dry["events"]["by_type"]
    assert real["unknown"] == dry["unknown"]
    assert real["unknown"]["domains"] == {"else.example": 1}
    assert real["events"]["made"] == real["events"]["recorded"] == 7
    assert real["events"]["refused"] == {}
    again = account(command(service, *line))
    assert again["events"]["recorded"] == 0
    assert head(service.client) == before + 7
    assert_as_imported(service)


def assert_as_imported(service: RunningService) -> None:
    partner = read(service.client, "/v1/partners/acme-imported")
    assert partner["name"] == "アクメ株式会社"
    assert [person["name"] for person in partner["persons"]] == ["山田 太郎"]
    log = service.client.get("/v1/events", params={"partner": "acme-imported"}).json()
    assert "secret" not in json.dumps(log)
    held = [e for e in log["items"] if e["type"] == "ContactMade"]
    assert {(e["data"]["channel"], e["occurred_at"]) for e in held} == {
        ("in_person", "2024-03-05"),
        ("email", "2024-03-05T10:00:00+09:00"),
        ("in_person", "2014"),
    }
    mail = next(e for e in held if e["data"]["channel"] == "email")
    assert len(mail["data"]["persons"]) == 2


def test_an_account_is_read_on_a_terminal(
    service: RunningService, files: list[str]
) -> None:
    *paths, map_path = files
    shown = command(service, *paths, "--map", map_path, "--dry-run").stdout
    names = {"contacts.vcf", "calendar.ics", "mail.mbox", "visits.csv"}
    words = {"Cards", "Entries", "Messages", "Rows", "left out", "no organisation"}
    unknown = {"Mail domains that nothing tells the partner of", "else.example"}
    assert {one for one in names | words | unknown if one not in shown} == set()


CHANGING = """
[domains]
"changing.example" = "changing"
[organisations]
"Changing" = "changing"
"""


def test_what_is_changed_in_a_calendar_is_corrected_in_the_ledger(
    service: RunningService, tmp_path: Path
) -> None:
    (tmp_path / "map.toml").write_text(CHANGING, "utf-8")
    book, who = tmp_path / "c.ics", "ATTENDEE:mailto:x@changing.example"

    def imported(held: tuple[str, ...], *plan: str) -> Json:
        start = f"DTSTART:{SOON:%Y%m%dT%H%M%SZ}"
        ahead = meeting(start, *plan, uid="plan", who=who)
        book.write_text(calendar(meeting(*held, uid="moved", who=who), ahead))
        line = (str(book), "--map", str(tmp_path / "map.toml"), "--json")
        events = account(command(service, *line))["events"]
        assert events["refused"] == {}
        by_type: Json = events["by_type"]
        return by_type

    first = ("DTSTART:20240305T010000Z", "DURATION:PT1H", "LOCATION:Kyoto")
    moved = ("DTSTART:20240306T010000Z", "DURATION:PT2H", "URL:https://zoom.us/j/1")
    made = {"PartnerIdentified": 1, "ContactMade": 1, "MeetingScheduled": 1}
    assert imported(first) == made
    assert imported(moved) == {"EventCorrected": 1}
    assert imported(moved, "STATUS:CANCELLED") == {"MeetingCancelled": 1}
    history = read(service.client, "/v1/partners/changing/history")
    (held,) = [one for one in history["items"] if one["type"] == "ContactMade"]
    assert held["occurred_at"] == "2024-03-06T01:00:00+00:00"
    assert (held["data"]["channel"], held["data"]["minutes"]) == ("video", 120)


def test_an_erased_person_is_not_brought_back(
    service: RunningService, tmp_path: Path
) -> None:
    book = tmp_path / "c.vcf"
    book.write_text(
        card("UID:erased", "FN:Jo", "ORG:Erasing Ltd.", "EMAIL:jo@e.example")
    )
    (added,) = [
        e
        for e in events_of(service, command(service, str(book)))
        if e["type"] == "PersonAdded"
    ]
    erased = {"person": added["data"]["person"], "basis": "asked"}
    event = {"type": "PersonalDataErased", "partner": added["partner"], "data": erased}
    assert service.client.post("/v1/events", json=event).status_code == 201
    book.write_text(book.read_text().replace("FN:Jo", "FN:Joanna"))
    told = account(command(service, str(book), "--json"))
    assert (told["events"]["made"], told["events"]["known"]) == (0, 1)


def events_of(service: RunningService, result: Result) -> list[Json]:
    assert result.exit_code == 0, result.output
    query = {"source_system": "vcard", "limit": "1000"}
    items: list[Json] = service.client.get("/v1/events", params=query).json()["items"]
    return [one for one in items if one["partner"] == "erasing-ltd"]


def test_a_key_that_may_only_record_can_import_again(
    service: RunningService, tmp_path: Path, recording_key: str
) -> None:
    book = tmp_path / "c.vcf"
    book.write_text(card("UID:blind", "FN:Jo", "ORG:Blind Ltd."))
    for recorded, replayed in ((2, 0), (0, 2)):
        line = ["import", str(book), "--json", "--url", service.url]
        result = CliRunner().invoke(app, [*line, "--key", recording_key])
        told = account(result)["events"]
        assert (told["recorded"], told["replayed"]) == (recorded, replayed)


def test_a_table_without_map_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n")
    result = CliRunner().invoke(app, ["import", str(tmp_path / "a.csv"), "--dry-run"])
    assert result.exit_code == 2
    assert "say with --map what its rows mean" in result.output


def test_a_changed_card_is_corrected_and_read_as_it_is_now(
    service: RunningService, tmp_path: Path
) -> None:
    book = tmp_path / "c.vcf"
    for role, made in (
        ("Clerk", {"PartnerIdentified": 1, "PersonAdded": 1}),
        ("President", {"EventCorrected": 1}),
        ("President", {}),
        ("Clerk", {"EventCorrected": 1}),
    ):
        lines = ("UID:rise", "FN:Jo", "ORG:Rising Ltd.", f"TITLE:{role}")
        book.write_text(card(*lines, "EMAIL:jo@rising.example"))
        events = account(command(service, str(book), "--json"))["events"]
        assert (events["by_type"], events["refused"]) == (made, {})
        (person,) = read(service.client, "/v1/partners/rising-ltd")["persons"]
        assert person["role"] == role


def test_what_a_merged_partner_told_is_told_to_the_survivor_once(
    service: RunningService, tmp_path: Path
) -> None:
    people = card("UID:old", "FN:Jo", "ORG:Old Ltd.", "EMAIL:jo@old.example") + card(
        "UID:new", "KIND:org", "FN:Bigger Ltd."
    )
    held = meeting("DTSTART:20240305T010000Z", who="ATTENDEE:mailto:jo@old.example")
    later = meeting(
        "DTSTART:20240405T010000Z", uid="later", who="ATTENDEE:mailto:jo@old.example"
    )
    (tmp_path / "c.vcf").write_text(people)
    (tmp_path / "c.ics").write_text(calendar(held))
    line = (str(tmp_path / "c.vcf"), str(tmp_path / "c.ics"), "--json")
    assert account(command(service, *line))["events"]["recorded"] == 4
    data = {"into": "bigger-ltd", "reason": "they merged"}
    merged = {"type": "PartnerMerged", "partner": "old-ltd", "data": data}
    assert service.client.post("/v1/events", json=merged).status_code == 201
    (tmp_path / "c.ics").write_text(calendar(held, later))
    events = account(command(service, *line))["events"]
    assert (events["by_type"], events["refused"]) == ({"ContactMade": 1}, {})
    history = read(service.client, "/v1/partners/bigger-ltd/history")
    told = [one for one in history["items"] if one["type"] == "ContactMade"]
    assert [one["data"]["persons"] for one in told][1][0].startswith("old-ltd/c-")
    assert len(told) == 2
