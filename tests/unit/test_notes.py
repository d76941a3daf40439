"""Heads are signed notes that another reader of the format accepts."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.foundation.settings import SettingsError
from services.ledger.integrity.notes import (
    Checkpoint,
    NoteError,
    Signer,
    read_verifier,
    split_notes,
)
from tests.independent_proofs import read_note

ROOT = bytes(range(32))


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return Signer.of(tmp_path_factory.mktemp("key") / "signing.key", "guild.example")


def test_a_second_implementation_reads_and_verifies_our_notes(signer: Signer) -> None:
    note = signer.sign("harbour", 42, ROOT)
    vkey = signer.verifier("harbour").text
    assert read_note(note.encode(), vkey) == ("guild.example/harbour", 42, ROOT)


def test_ours_reads_it_too(signer: Signer) -> None:
    verifier = read_verifier(signer.verifier("harbour").text + "\n")
    head = verifier.open(signer.sign("harbour", 42, ROOT))
    assert head == Checkpoint("guild.example/harbour", 42, ROOT)


def test_the_same_head_is_always_the_same_note(signer: Signer) -> None:
    assert signer.sign("harbour", 7, ROOT) == signer.sign("harbour", 7, ROOT)


@given(st.integers(0, 400), st.integers(1, 255))
def test_a_note_that_was_altered_is_refused(place: int, flip: int) -> None:
    signer = Signer(Ed25519PrivateKey.from_private_bytes(ROOT), "guild.example")
    note = bytearray(signer.sign("harbour", 42, ROOT).encode())
    note[place % len(note)] ^= flip
    with pytest.raises((NoteError, UnicodeDecodeError)):
        signer.verifier("harbour").open(note.decode())


def test_a_note_of_another_ledger_is_refused(signer: Signer) -> None:
    with pytest.raises(NoteError):
        signer.verifier("another").open(signer.sign("harbour", 42, ROOT))


def test_a_note_may_carry_other_signatures(signer: Signer) -> None:
    note = signer.sign("harbour", 42, ROOT)
    witnessed = note + "\N{EM DASH} witness.example " + "A" * 92 + "\n"
    assert signer.verifier("harbour").open(witnessed).size == 42


@pytest.mark.parametrize("text", ["", "x", "a+b+c", "a+00000000+AAAA"])
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_verifier(text)


def test_an_installation_without_a_name_is_named_by_its_key(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    first, again = Signer.of(path), Signer.of(path)
    assert first.verifier("a").text == again.verifier("a").text
    assert first.verifier("a").name.startswith("ledger-")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_without_a_key_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    path.write_text("no key")
    with pytest.raises(SettingsError, match="Ed25519 key in PEM"):
        Signer.of(path)


def test_the_notes_of_a_file_come_apart_again(signer: Signer) -> None:
    notes = [signer.sign("harbour", size, ROOT) for size in (1, 5, 9)]
    assert list(split_notes("".join(notes))) == notes
    cut_off = "".join(notes)[:-3]
    assert list(split_notes(cut_off)) == notes[:2]
    assert list(split_notes("")) == []
