"""Our PostgreSQL is kept up whatever goes wrong while it starts."""

import threading
from pathlib import Path

import psycopg
import pytest

from services.foundation.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    keeping,
    kept_up,
)


@pytest.mark.parametrize(
    "wrong",
    [
        EmbeddedPostgresError("It does not start."),
        psycopg.OperationalError("It was killed as it started."),
        OSError(28, "No space left on device"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_start_that_fails_is_tried_again(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, wrong: Exception
) -> None:
    tries, again = list[Path](), threading.Event()

    def start(data: Path, *, pg_bin: Path | None) -> EmbeddedPostgres:
        assert pg_bin is None
        tries.append(data)
        if len(tries) > 1:
            again.set()
        raise wrong

    monkeypatch.setattr(keeping, "find_postmaster", lambda _: None)
    monkeypatch.setattr(keeping, "start", start)
    monkeypatch.setattr(keeping, "LOOK_AGAIN", 0.01)
    with kept_up(server, None):
        assert again.wait(20)
    assert set(tries) == {server.cluster.data}
