"""Secrets say what they open, and are kept as what they can't be told from."""

import stat
from pathlib import Path

from services.foundation.access.secrets import (
    KEY,
    LINK,
    SESSION,
    Pepper,
    ledger_of,
    new_key,
    new_secret,
)


def test_a_secret_names_its_kind_and_its_ledger() -> None:
    key, link = new_key("harbour-guild"), new_secret(LINK, "harbour-guild")
    assert ledger_of(key, KEY, SESSION) == "harbour-guild"
    assert ledger_of(link, KEY, SESSION) is None
    assert ledger_of(link, LINK) == "harbour-guild"
    assert ledger_of(key + "x", KEY) is None


def test_a_secret_holds_256_bits() -> None:
    assert len(new_key("a").split(".")[2]) == 43
    assert new_key("a") != new_key("a")


def test_another_pepper_gives_another_hash() -> None:
    key = new_key("a")
    assert Pepper(b"one").hash_of(key) == Pepper(b"one").hash_of(key)
    assert Pepper(b"one").hash_of(key) != Pepper(b"two").hash_of(key)


def test_the_pepper_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "pepper"
    first, again = Pepper.of(path), Pepper.of(path)
    assert first.hash_of("key") == again.hash_of("key")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text().strip())) == 32


def test_a_form_token_belongs_to_one_session() -> None:
    pepper = Pepper(b"one")
    assert pepper.form_token("a") != pepper.form_token("b")
    assert pepper.form_token("a") != pepper.hash_of("a")
