"""Settings of every process, read from LEDGER_* variables and `.env`."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "LEDGER_"


class SettingsError(Exception):
    """The settings cannot be used; the message is a sentence for the operator."""


def check_time_zone(name: str) -> str:
    """Accept a time zone of the IANA database, by its exact name."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        sentence = f"{name!r} is not an IANA time zone such as UTC or Asia/Tokyo"
        raise ValueError(sentence) from error
    return name


TimeZoneName = Annotated[str, AfterValidator(check_time_zone)]
Dsn = Annotated[str | None, Field(repr=False)]


class Settings(BaseSettings):
    """How this process runs; read once at start and never changed.

    Without a `dsn` the process starts its own PostgreSQL under `data_dir`. A
    `direct_dsn` says that `dsn` goes through a transaction pooler, and reaches
    the same database without it. Every ledger is checked against itself each
    `audit_minutes`, or only when somebody asks if that is 0. A key that has no
    rate of its own may ask `requests_per_second` times, in each process; 0 is no
    limit. A request whose body does not come within `body_seconds`, and a second more
    for each 16 KiB, is given up. Heads of trees name the `installation`, and are signed
    every `head_seconds` when something is new. Pages record at `recording_url`, where
    the ledger service is another process. `log_requests` writes a line for each
    request, without what it asks for; `tracing` sends spans to
    OTEL_EXPORTER_OTLP_ENDPOINT.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    time_zone: TimeZoneName = "UTC"
    dsn: Dsn = None
    direct_dsn: Dsn = None
    read_dsn: Dsn = None
    audit_minutes: int = Field(default=60, ge=0)
    pg_bin: Path | None = None
    kek_file: Path | None = None
    signing_key_file: Path | None = None
    pepper_file: Path | None = None
    installation: Annotated[
        str | None, StringConstraints(pattern="^[a-z0-9][a-z0-9.-]{0,99}$")
    ] = None
    head_seconds: float = Field(default=2.0, gt=0)
    requests_per_second: int = Field(default=5_000, ge=0)
    body_seconds: float = Field(default=30.0, gt=0)
    log_requests: bool = False
    tracing: bool = False
    recording_url: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the ledger `default`."""
        return ZoneInfo(self.time_zone)

    @property
    def signing_key_path(self) -> Path:
        """Where the key is that signs the heads of trees."""
        return self.signing_key_file or self.data_dir / "signing.key"

    @property
    def kek_path(self) -> Path:
        """Where the keys are that wrap the keys of personal text."""
        return self.kek_file or self.data_dir / "kek"

    @property
    def pepper_path(self) -> Path:
        """Where the pepper of the hashes of keys is kept."""
        return self.pepper_file or self.data_dir / "pepper"

    @property
    def is_pooled(self) -> bool:
        """Whether `dsn` goes through a pooler, so that no session state lasts."""
        return self.dsn is not None and self.direct_dsn is not None


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings of this process, or raise SettingsError."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    """Name each wrong variable; values stay out, a DSN may hold a password."""
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(
        f"{PREFIX}{str(fault['loc'][0]).upper()} is wrong: {_reason(fault['msg'])}"
        for fault in faults
    )


def _reason(message: str) -> str:
    plain = message.removeprefix("Value error, ")
    return plain.removeprefix("Input ") if plain.startswith("Input should") else plain
