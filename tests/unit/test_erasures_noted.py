"""Erasures are noted in a file, whatever the disk does in between."""

from pathlib import Path

import pytest

from services.foundation.sealing import Keyring
from services.ledger.privacy.erasures import Privacy, append, read_file
from services.ledger.privacy.vault import Erasure

FIRST = Erasure("1", "person:acme/hanako", keep_notes=False)
SECOND = Erasure("2", "person:acme/taro", keep_notes=True)


def test_what_could_not_be_noted_is_noted_with_the_next(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "away"
    privacy = Privacy.at(Keyring([b"k" * 32]), folder)
    privacy.note("default", [FIRST])
    assert "erasure_not_noted" in "".join(capfd.readouterr())
    folder.mkdir()
    privacy.note("default", [SECOND])
    privacy.note("default", [])
    assert list(read_file(privacy.file)) == [("default", FIRST), ("default", SECOND)]
    assert privacy.file.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_takes_no_other_with_it(tmp_path: Path) -> None:
    file = tmp_path / "erasures.txt"
    file.write_text('["default", "0", "per')
    append(file, [("default", FIRST)])
    append(file, [("default", SECOND)])
    assert list(read_file(file)) == [("default", FIRST), ("default", SECOND)]
