"""Sealed text opens in its own place, with its own key, and nowhere else."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from contracts.events.base import TOKEN
from services.foundation.sealing import (
    Keyring,
    Place,
    SealingError,
    new_keyring_line,
    open_token,
    seal,
    subject_of,
    withhold,
)
from services.foundation.settings import SettingsError

EVENT = "01a20d0c-db17-72ea-9cd1-1bf27b55c1d6"
PLACE = Place("default", "person:acme/hanako", EVENT, "names.ja")
KEY = AESGCM(b"k" * 32)


@given(st.text(min_size=1))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    token = seal(KEY, PLACE, text)
    assert TOKEN.fullmatch(token)
    assert open_token(KEY, "default", token) == text
    assert subject_of(token) == PLACE.subject


def test_the_same_text_is_never_sealed_twice_the_same() -> None:
    assert seal(KEY, PLACE, "a") != seal(KEY, PLACE, "a")


@pytest.mark.parametrize(
    "other",
    [
        replace(PLACE, ledger="another"),
        replace(PLACE, subject="person:acme/taro"),
        replace(PLACE, event=EVENT.replace("0", "1")),
        replace(PLACE, field="name"),
    ],
)
def test_a_text_that_was_moved_does_not_open(other: Place) -> None:
    payload = seal(KEY, PLACE, "secret").rsplit(":", 1)[1]
    moved = seal(KEY, other, "x").rsplit(":", 1)[0] + ":" + payload
    with pytest.raises(SealingError):
        open_token(KEY, other.ledger, moved)


def test_a_text_that_was_altered_does_not_open() -> None:
    token = seal(KEY, PLACE, "secret")
    altered = token[:-3] + ("A" if token[-3] != "A" else "B") + token[-2:]
    with pytest.raises(SealingError):
        open_token(KEY, "default", altered)


def test_a_key_is_wrapped_for_one_subject_of_one_ledger() -> None:
    ring = Keyring([b"w" * 32])
    name, wrapped = ring.wrap("default", "note:1", b"d" * 32)
    assert ring.unwrap("default", "note:1", name, wrapped) == b"d" * 32
    for ledger, subject in (("another", "note:1"), ("default", "note:2")):
        with pytest.raises(SealingError):
            ring.unwrap(ledger, subject, name, wrapped)


def test_a_newer_key_wraps_and_an_older_one_still_unwraps() -> None:
    older, both = Keyring([b"1" * 32]), Keyring([b"2" * 32, b"1" * 32])
    name, wrapped = older.wrap("default", "note:1", b"d" * 32)
    assert both.unwrap("default", "note:1", name, wrapped) == b"d" * 32
    assert both.wrap("default", "note:1", b"d" * 32)[0] not in older.names


def test_a_key_that_is_not_there_is_named() -> None:
    name, wrapped = Keyring([b"1" * 32]).wrap("default", "note:1", b"d" * 32)
    with pytest.raises(SealingError, match=name):
        Keyring([b"2" * 32]).unwrap("default", "note:1", name, wrapped)


def test_a_new_key_in_the_file_is_met_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    ring = Keyring.of(path)
    assert path.stat().st_mode & 0o777 == 0o600
    new = new_keyring_line()
    path.write_text(f"{new}\n{path.read_text()}")
    other = Keyring.of(path)
    name, wrapped = other.wrap("default", "note:1", b"d" * 32)
    assert ring.unwrap("default", "note:1", name, wrapped) == b"d" * 32
    assert ring.newest == other.newest


@pytest.mark.parametrize("text", ["", "x", base64.b64encode(b"short").decode()])
def test_a_file_without_keys_is_refused_in_a_sentence(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "kek"
    path.write_text(text)
    with pytest.raises(SettingsError, match="keys of 32 bytes in base64"):
        Keyring.of(path)


def test_what_is_withheld_is_every_token_and_nothing_else() -> None:
    token = seal(KEY, PLACE, "secret")
    body = f'{{"note":"{token}","other":"sealed:1:no","n":1}}'.encode()
    assert withhold(body) == b'{"note":"withheld","other":"sealed:1:no","n":1}'
