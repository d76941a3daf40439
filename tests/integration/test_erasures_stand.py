"""An erasure stands, whatever is corrected, retracted, merged or restored after it."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.foundation.sealing import Keyring
from services.foundation.settings import SettingsError
from services.ledger.privacy.erasures import Privacy, erase_again, read_file
from services.ledger.privacy.vault import Erasure
from tests.admission import KEYRING
from tests.integration.people_told import House, house
from tests.servers import Database

Json = dict[str, Any]
HANAKO = {"person": "hanako", "side": "partner", "name": "Hanako"}
NOTED = {"by": "us", "channel": "phone", "persons": ["hanako"], "note": "Tired."}
ERASED = {"person": "hanako", "basis": "Asked for it."}


@pytest.fixture
def told(database: Database) -> Iterator[House]:
    """A house in which somebody works for a partner."""
    with house(database) as opened:
        opened.say("PartnerIdentified", "acme", name="Acme")
        yield opened


def status(told: House, kind: str, on: str, **data: Any) -> int:
    sent = {"type": kind, "partner": on, "data": data}
    return told.ledger.post("/v1/events", json=sent).status_code


def keys(told: House) -> set[str]:
    with psycopg.connect(told.database.owner_dsn) as connection:
        return {key for (key,) in connection.execute("SELECT subject FROM data_keys")}


def test_no_retraction_or_correction_brings_anybody_back(told: House) -> None:
    added = told.say("PersonAdded", "acme", **HANAKO)
    erased = told.say("PersonalDataErased", "acme", **ERASED)
    for target in (added, erased):
        sent = {"target": target, "reason": "Undo."}
        assert status(told, "EventRetracted", "acme", **sent) == 409
    corrected = {"target": added, "data": HANAKO | {"name": "H"}, "reason": "Typo."}
    assert status(told, "EventCorrected", "acme", **corrected) == 409
    assert status(told, "PersonAdded", "acme", **HANAKO) == 409
    assert keys(told) == set()


def test_who_was_retracted_is_erased_once_the_retraction_is_taken_back(
    told: House,
) -> None:
    added = told.say("PersonAdded", "acme", **HANAKO)
    undone = told.say("EventRetracted", "acme", target=added, reason="Mistaken.")
    assert status(told, "PersonalDataErased", "acme", **ERASED) == 409
    told.say("EventRetracted", "acme", target=undone, reason="To erase.")
    told.say("PersonalDataErased", "acme", **ERASED)
    assert keys(told) == set()


def test_people_of_a_merged_partner_are_erased_where_it_went(told: House) -> None:
    told.say("PersonAdded", "acme", **HANAKO)
    told.say("ContactMade", "acme", **NOTED)
    told.say("PartnerIdentified", "bolt", name="Bolt")
    merged = told.say("PartnerMerged", "acme", into="bolt", reason="One.")
    there = NOTED | {"persons": ["acme/hanako"]}
    told.say("ContactMade", "bolt", **there)
    assert len(keys(told)) == 3
    told.say("PersonalDataErased", "bolt", **ERASED | {"person": "acme/hanako"})
    assert keys(told) == set()
    assert status(told, "ContactMade", "bolt", **there) == 409
    undone = {"target": merged, "reason": "Two after all."}
    assert status(told, "EventRetracted", "acme", **undone) == 409


def test_a_correction_of_before_a_merge_is_about_the_same_person(told: House) -> None:
    told.say("PersonAdded", "acme", **HANAKO)
    note = told.say("ContactMade", "acme", **NOTED)
    told.say("PartnerIdentified", "bolt", name="Bolt")
    told.say("PartnerMerged", "acme", into="bolt", reason="One.")
    again = {"target": note, "data": NOTED | {"note": "Ill."}, "reason": "Misheard."}
    told.say("EventCorrected", "acme", **again)
    told.say("PersonalDataErased", "bolt", **ERASED | {"person": "acme/hanako"})
    assert keys(told) == set()
    assert status(told, "EventCorrected", "acme", **again) == 409


def test_added_and_erased_in_one_request_leaves_no_key(told: House) -> None:
    content = [
        {"type": kind, "partner": "acme", "data": data}
        for kind, data in (
            ("PersonAdded", HANAKO),
            ("ContactMade", NOTED),
            ("PersonalDataErased", ERASED),
        )
    ]
    assert told.ledger.post("/v1/events", json=content).status_code == 201
    assert keys(told) == set()


def test_notes_that_race_with_an_erasure_leave_no_key(told: House) -> None:
    told.say("PersonAdded", "acme", **HANAKO)
    said: list[int] = []

    def note() -> None:
        said.extend(status(told, "ContactMade", "acme", **NOTED) for _ in range(40))

    noting = [threading.Thread(target=note) for _ in range(4)]
    for thread in noting:
        thread.start()
    told.say("PersonalDataErased", "acme", **ERASED)
    for thread in noting:
        thread.join()
    assert set(said) <= {201, 409}
    assert 409 in said
    assert keys(told) == set()


def test_the_record_of_who_was_erased_is_what_it_was(told: House) -> None:
    added = told.say("PersonAdded", "acme", **HANAKO)
    path = f"/v1/events/{added}?format=record"
    before = told.ledger.get(path)
    told.say("PersonalDataErased", "acme", **ERASED)
    assert told.ledger.get(path).content == before.content
    assert b"sealed:1:person:acme/hanako" in before.content


def test_an_erasure_that_a_crash_left_unnoted_is_noted_at_start(
    told: House, tmp_path: Path
) -> None:
    told.say("PersonAdded", "acme", **HANAKO)
    erased = told.say("PersonalDataErased", "acme", **ERASED)
    privacy = Privacy.at(KEYRING, tmp_path)
    for _ in range(2):
        assert erase_again(told.database.owner_dsn, privacy) == 1
    noted = [("default", Erasure(erased, "person:acme/hanako", keep_notes=False))]
    assert list(read_file(privacy.file)) == noted


def test_a_start_without_the_key_that_is_needed_says_what_to_do(
    told: House, tmp_path: Path
) -> None:
    told.say("PersonAdded", "acme", **HANAKO)
    other = Privacy.at(Keyring([b"another wrapping key of 32 bytes"]), tmp_path)
    with pytest.raises(SettingsError, match="put back the file"):
        erase_again(told.database.owner_dsn, other)


def test_a_merged_partner_who_is_a_person_is_erased_where_it_went(told: House) -> None:
    told.say("PartnerIdentified", "ines", name="Ines", kind="person")
    told.say("ContactMade", "ines", by="us", channel="phone", note="Well.")
    told.say("PartnerMerged", "ines", into="acme", reason="Her company.")
    told.say("PersonalDataErased", "acme", **ERASED | {"person": "ines/ines"})
    assert keys(told) == set()
