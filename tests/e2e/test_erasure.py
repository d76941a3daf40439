"""Personal text is on no disk in the clear, and gone for good once it is erased."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from contracts.events import EventData
from services.foundation import embedded_postgres
from tests.e2e.asking import event
from tests.e2e.personal import (
    EMAIL,
    EVERY,
    HANAKO,
    INES_AGAIN,
    LONG,
    NAME_JA,
    NOTE,
    OURS,
    PERSON,
    TARO,
    TARO_NOTE,
    THANKS,
    THEIRS,
    Json,
    found_in,
    story,
    tell,
)
from tests.running import RunningService, running_from, running_service
from tests.servers import data_folder


@pytest.fixture
def told() -> Iterator[tuple[RunningService, list[Json]]]:
    with running_service() as service:
        yield service, tell(service.client)


def settle(service: RunningService) -> None:
    """Have the server write all that it holds to its files."""
    with (
        embedded_postgres.start(service.data_dir) as server,
        psycopg.connect(server.dsn, autocommit=True) as connection,
    ):
        connection.execute("VACUUM FULL data_keys")
        connection.execute("CHECKPOINT")
        connection.execute("SELECT pg_switch_wal()")


def erase(client: httpx2.Client, partner: str, person: str, **more: object) -> Json:
    sent = event("PersonalDataErased", partner, person=person, basis="asked", **more)
    answer = client.post("/v1/events", json=sent)
    assert answer.status_code == 201, answer.text
    recorded: Json = answer.json()
    return recorded


def log_of(client: httpx2.Client) -> str:
    return client.get("/v1/events", params={"limit": 1000}).text


def test_the_story_holds_every_personal_field_of_every_type() -> None:
    told = {(item["type"], name) for item in story() for name in item["data"]}
    fields = {
        (name, field)
        for name, model in EventData.catalogue.items()
        for field in model.personal
    }
    assert fields <= told
    assert {("PartnerIdentified", "names"), ("PartnerRenamed", "name")} <= told


def test_no_file_holds_personal_text_though_answers_do(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, recorded = told
    said = log_of(service.client)
    assert [text for text in EVERY if text not in said] == []
    assert [item["data"] for item in recorded] == [item["data"] for item in story()]
    for answer in (
        service.client.get("/v1/partners", params={"q": HANAKO}),
        service.client.get("/v1/events", params={"source_ref": HANAKO}),
        service.client.post("/v1/events", json={"type": HANAKO, HANAKO: NOTE}),
    ):
        assert HANAKO not in answer.headers.values()
    settle(service)
    assert found_in(service.data_dir, EVERY) == {}
    assert [text for text in EVERY if text in service.said()] == []


def test_what_is_erased_reads_so_at_once_and_all_else_stands(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, recorded = told
    client = service.client
    balance = "/v1/partners/acme/balance"
    before = client.get(balance, params={"min_position": recorded[-1]["position"]})
    erased = erase(client, "acme", "hanako")
    said = log_of(client)
    assert [text for text in THEIRS if text != NAME_JA and text in said] == []
    assert [text for text in (*OURS, *PERSON, LONG) if text not in said] == []
    partner = client.get(
        "/v1/partners/acme", params={"min_position": erased["position"]}
    ).json()
    (hanako,) = [p for p in partner["persons"] if p["person"] == "hanako"]
    assert (hanako["name"], hanako["email"], hanako["phone"]) == ("erased",) * 3
    now = client.get("/v1/partners/acme/balance")
    assert now.json()["items"] == before.json()["items"] != []


def test_notes_can_be_kept(told: tuple[RunningService, list[Json]]) -> None:
    service, _ = told
    erase(service.client, "acme", "hanako", keep_notes=True)
    said = log_of(service.client)
    assert HANAKO not in said
    assert EMAIL not in said
    assert NOTE in said
    assert THANKS in said


def test_one_of_ours_is_erased_with_every_note_that_names_them(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, _ = told
    erase(service.client, "_ledger", "taro")
    said = log_of(service.client)
    assert [text for text in (TARO, TARO_NOTE, NOTE) if text in said] == []
    assert HANAKO in said
    assert INES_AGAIN in said


def test_a_partner_who_is_a_person_is_erased_by_its_own_id(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, _ = told
    erase(service.client, "ines", "ines")
    said = log_of(service.client)
    assert [text for text in PERSON if text in said] == []
    assert NAME_JA not in said
    listed = service.client.get("/v1/partners").text
    assert [text for text in PERSON if text in listed] == []


@pytest.mark.parametrize(
    ("partner", "person", "sent"),
    [
        ("acme", "hanako", {"by": "us", "channel": "phone", "persons": ["hanako"]}),
        ("_ledger", "taro", {"by": "us", "channel": "phone", "persons": ["taro"]}),
    ],
)
def test_nothing_new_is_said_of_who_was_erased(
    told: tuple[RunningService, list[Json]], partner: str, person: str, sent: Json
) -> None:
    service, recorded = told
    erase(service.client, partner, person)
    contact = {"type": "ContactMade", "partner": "acme", "data": sent}
    silent = service.client.post("/v1/events", json=contact)
    noted = service.client.post(
        "/v1/events", json={**contact, "data": sent | {"note": "new"}}
    )
    assert (silent.status_code, noted.status_code) == (201, 409)
    (note,) = [e for e in recorded if e["data"].get("note") == NOTE]
    correction = event(
        "EventCorrected",
        "acme",
        target=note["id"],
        data=note["data"] | {"note": "again"},
        reason="typo",
    )
    assert service.client.post("/v1/events", json=correction).status_code == 409


def test_a_corrected_note_goes_with_whom_it_named_before(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, recorded = told
    (note,) = [e for e in recorded if e["data"].get("note") == NOTE]
    data = {"by": "us", "channel": "phone", "note": "Marker-new words"}
    correction = event(
        "EventCorrected", "acme", target=note["id"], data=data, reason="typo"
    )
    assert service.client.post("/v1/events", json=correction).status_code == 201
    assert "Marker-new words" in log_of(service.client)
    erase(service.client, "acme", "hanako")
    assert "Marker-new words" not in log_of(service.client)


def test_who_may_only_record_gets_no_personal_text_of_a_first_answer(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, _ = told
    sent = event("ContactMade", "acme", by="us", channel="phone", note="Marker-mine")
    headers = {"Idempotency-Key": "mine"}
    with service.with_key(service.make_key("record")) as recorder:
        first = recorder.post("/v1/events", json=sent, headers=headers)
        guess = sent | {"data": sent["data"] | {"note": "guess"}}
        again = recorder.post("/v1/events", json=guess, headers=headers)
    assert first.json()["data"]["note"] == "Marker-mine"
    assert again.status_code == 201
    assert again.json()["data"]["note"] == "withheld"
    replay = service.client.post("/v1/events", json=guess, headers=headers)
    assert replay.headers["Idempotent-Replayed"] == "true"
    assert replay.json()["data"]["note"] == "Marker-mine"


def test_a_rename_of_a_person_is_replayed_whatever_the_name(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, _ = told

    def rename(partner: str, name: str, key: str) -> httpx2.Response:
        sent = event("PartnerRenamed", partner, name=name)
        headers = {"Idempotency-Key": key}
        return service.client.post("/v1/events", json=sent, headers=headers)

    assert rename("ines", "Ines A", "p").status_code == 201
    again = rename("ines", "Ines B", "p")
    assert (again.status_code, again.json()["data"]["name"]) == (201, "Ines A")
    assert rename("acme", "Acme A", "c").status_code == 201
    assert rename("acme", "Acme B", "c").json()["code"] == "idempotency-mismatch"
    assert rename("acme", "Acme A", "c").status_code == 201


def test_a_text_that_looks_sealed_is_refused(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, recorded = told
    token = f"sealed:1:person:_ledger/taro:{recorded[0]['id']}:name:{'A' * 54}"
    sent = event("PartnerRenamed", "acme", name="Acme B")
    for fault, at in (
        ({"data": {"name": token}}, "/data"),
        ({"correlation": token}, "/correlation"),
        ({"source": {"system": "s", "ref": token}}, "/source/ref"),
        ({"source": {"system": f"x{token}", "ref": "r"}}, "/source/system"),
    ):
        answer = service.client.post("/v1/events", json=sent | fault)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == at


def test_no_file_holds_the_keys_of_who_was_erased(
    told: tuple[RunningService, list[Json]],
) -> None:
    service, _ = told
    with embedded_postgres.start(service.data_dir) as server:
        wrapped = wrapped_keys(server.dsn, "person:acme/hanako")
        assert len(wrapped) == 1
        erase(service.client, "acme", "hanako")
        assert wrapped_keys(server.dsn, "person:acme/hanako") == []
    settle(service)
    tables = service.data_dir / "pg"
    holding = [
        str(file.relative_to(tables))
        for file in tables.rglob("*")
        if file.is_file() and not file.is_symlink() and wrapped[0] in file.read_bytes()
    ]
    assert [file for file in holding if "pg_wal" not in file] == []


def wrapped_keys(dsn: str, subject: str) -> list[bytes]:
    with psycopg.connect(dsn) as connection:
        query = "SELECT wrapped FROM data_keys WHERE subject = %s"
        return [bytes(row[0]) for row in connection.execute(query, (subject,))]


def test_a_restored_copy_does_not_bring_anybody_back() -> None:
    with data_folder() as folder:
        with running_from(folder) as service:
            tell(service.client)
            kept = saved_keys(service)
            erase(service.client, "acme", "hanako")
        restore_keys(folder / "data", kept)
        with running_from(folder) as service:
            said = log_of(service.client)
    assert [text for text in (HANAKO, EMAIL, NOTE) if text in said] == []
    assert TARO in said


Kept = list[tuple[str, str, str, bytes]]


def saved_keys(service: RunningService) -> Kept:
    with (
        embedded_postgres.start(service.data_dir) as server,
        psycopg.connect(server.dsn) as connection,
    ):
        query = "SELECT ledger_id, subject, kek, wrapped FROM data_keys"
        return connection.execute(query).fetchall()


def restore_keys(data_dir: Path, kept: Kept) -> None:
    """As if the table, and the log with it, came from an older copy."""
    with (
        embedded_postgres.start(data_dir) as server,
        psycopg.connect(server.dsn) as connection,
    ):
        connection.execute("ALTER TABLE events DISABLE TRIGGER ALL")
        connection.execute("DELETE FROM events WHERE type = 'PersonalDataErased'")
        connection.execute("ALTER TABLE events ENABLE TRIGGER ALL")
        connection.cursor().executemany(
            "INSERT INTO data_keys (ledger_id, subject, kek, wrapped)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            kept,
        )
