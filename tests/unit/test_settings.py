from pathlib import Path

import pytest
from pydantic import ValidationError

from services.foundation.settings import PREFIX, SettingsError, load_settings


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA_DIR", "HOST", "PORT", "TIME_ZONE", "DSN", "DIRECT_DSN"):
        monkeypatch.delenv(PREFIX + name, raising=False)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings(None)
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.data_dir == Path("data")
    assert settings.dsn is None


def test_variables_win_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("LEDGER_PORT=1\nLEDGER_TIME_ZONE=Asia/Tokyo\nOTHER=x\n")
    monkeypatch.setenv("LEDGER_PORT", "2")
    settings = load_settings(file)
    assert (settings.port, settings.time_zone) == (2, "Asia/Tokyo")


def test_an_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_DSN", "")
    assert load_settings(None).dsn is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "LEDGER_PORT is wrong: should be a valid integer"),
        ("PORT", "70000", "LEDGER_PORT is wrong: should be less than"),
        ("TIME_ZONE", "Mars/Base", "'Mars/Base' is not an IANA time zone"),
        ("TIME_ZONE", "../etc/passwd", "is not an IANA time zone"),
    ],
)
def test_a_wrong_setting_gets_a_sentence(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match=sentence):
        load_settings(None)


def test_settings_never_change_and_never_show_a_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEDGER_DSN", "postgresql://me:hidden@db/ledger")
    settings = load_settings(None)
    assert "hidden" not in repr(settings)
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_a_direct_dsn_says_that_the_other_is_pooled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEDGER_DSN", "host=pooler")
    assert not load_settings(None).is_pooled
    monkeypatch.setenv("LEDGER_DIRECT_DSN", "host=db")
    assert load_settings(None).is_pooled
