import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from services.foundation.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    binaries,
    start,
)
from services.foundation.embedded_postgres.account import Account, account_for
from services.foundation.embedded_postgres.binaries import find_binaries
from services.foundation.embedded_postgres.cluster import SHORT_FOLDERS
from services.foundation.embedded_postgres.postmaster import find_postmaster, is_alive
from tests.servers import data_folder

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")

START_AND_SHOW = """
import sys
from pathlib import Path
import psycopg
from services.foundation.embedded_postgres import start
with start(Path(sys.argv[1]), durable=False) as server:
    print("up", flush=True)
    sys.stdin.readline()
    with psycopg.connect(server.service_dsn) as connection:
        print(connection.execute("SELECT pg_postmaster_start_time()").fetchone())
"""

START_AS_NOBODY = """
import importlib.readers, os, sys
from pathlib import Path
import psycopg
from services.foundation.embedded_postgres import start
# Root's rights are dropped here, after the imports: Python itself may lie in a home
# that nobody may enter.
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[2]))
with start(Path(sys.argv[1]), durable=False) as server:
    with psycopg.connect(server.dsn) as connection:
        print(connection.execute("SELECT current_user").fetchone()[0])
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


@pytest.fixture(scope="module")
def used_folder() -> Iterator[Path]:
    """Hold a folder whose server was used and stopped; each test leaves it so."""
    with data_folder() as made:
        with start(made, durable=False) as server:
            keep_a_row(server)
        yield made


def run_python(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - the scripts above
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def pid_of(server: EmbeddedPostgres) -> int:
    found = find_postmaster(server.cluster)
    assert found is not None
    return found.pid


def ask(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def keep_a_row(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def test_a_second_start_makes_and_recovers_nothing_and_finds_the_data(
    folder: Path,
) -> None:
    which = "SELECT system_identifier FROM pg_control_system()"
    with start(folder) as server:
        keep_a_row(server)
        assert ask(server.dsn, "SHOW fsync") == "on"
        made = ask(server.dsn, which)
    said = len(server.cluster.log.read_text(encoding="utf-8"))
    with start(folder) as server:
        assert ask(server.dsn, which) == made  # initdb would give another
        assert ask(server.dsn, "SELECT answer FROM kept") == 42
        anew = server.cluster.log.read_text(encoding="utf-8")[said:]
    assert "database system was shut down at" in anew
    assert "not properly shut down" not in anew


def test_the_services_log_in_as_a_role_without_powers(server: EmbeddedPostgres) -> None:
    assert ask(server.service_dsn, "SELECT current_user") == "ledger_service"
    assert ask(server.service_dsn, "SHOW is_superuser") == "off"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.service_dsn, "CREATE TABLE mine (id integer)")


def test_nobody_else_may_reach_the_data_or_connect(server: EmbeddedPostgres) -> None:
    for private in (server.cluster.folder, server.socket_folder):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert ask(server.dsn, "SHOW listen_addresses") == ""


def test_a_killed_server_starts_again_with_its_data(used_folder: Path) -> None:
    with start(used_folder, durable=False) as first:
        busy = psycopg.connect(first.dsn)
        kill(pid_of(first))
        with start(used_folder, durable=False) as second:
            assert ask(second.dsn, "SELECT answer FROM kept") == 42
        assert ask(first.dsn, "SELECT answer FROM kept") == 42
        busy.close()


def test_a_process_with_the_number_of_a_dead_server_is_no_rival(
    used_folder: Path,
) -> None:
    with start(used_folder, durable=False) as server:
        pid_file = server.cluster.folder / "postmaster.pid"
        text = pid_file.read_text()
        kill(pid_of(server))
    pid_file.write_text(text.replace(text.splitlines()[0], str(os.getpid()), 1))
    with start(used_folder, durable=False) as server:
        assert ask(server.dsn, "SELECT answer FROM kept") == 42


def test_processes_that_race_to_start_share_one_server(folder: Path) -> None:
    racers = [run_python(START_AND_SHOW, folder) for _ in range(2)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "up\n"
    answers = [racer.communicate("go\n", timeout=30) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], answers
    assert answers[0] == answers[1]


def test_the_last_user_stops_the_server(used_folder: Path) -> None:
    first, second = start(used_folder, durable=False), start(used_folder, durable=False)
    pid = pid_of(first)
    first.close()
    assert ask(second.dsn, "SELECT 1") == 1
    second.close()
    assert not is_alive(pid)


def test_a_killed_user_does_not_count(used_folder: Path) -> None:
    killed = run_python(START_AND_SHOW, used_folder)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "up\n"
    killed.kill()
    killed.communicate()
    with start(used_folder, durable=False) as server:
        pid = pid_of(server)
    assert not is_alive(pid)


def test_starting_while_another_stops_hurts_neither(used_folder: Path) -> None:
    def use(_: int) -> object:
        with start(used_folder, durable=False) as server:
            return ask(server.dsn, "SELECT 1")

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(use, range(12))) == [1] * 12


def test_an_unfinished_first_start_leaves_nothing_in_the_way(folder: Path) -> None:
    (folder / "pg.new").mkdir()
    (folder / "pg.new" / "half").write_text("made")
    with start(folder, durable=False) as server:
        assert ask(server.dsn, "SELECT 1") == 1
    assert not (folder / "pg.new").exists()


def test_a_long_path_gets_a_short_socket(used_folder: Path) -> None:
    long = used_folder / ("long" * 25)
    long.mkdir(mode=0o711)
    (used_folder / "pg").rename(long / "pg")
    with start(long, durable=False) as server:
        assert server.socket_folder.parent == SHORT_FOLDERS
        assert ask(server.service_dsn, "SELECT 1") == 1
    assert not server.socket_folder.exists()
    (long / "pg").rename(used_folder / "pg")


def test_data_of_another_major_version_get_a_clear_message(folder: Path) -> None:
    (folder / "pg").mkdir()
    (folder / "pg" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match="were made by PostgreSQL 14"):
        start(folder)


def test_a_chosen_folder_without_programs_gets_a_clear_message(folder: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="LEDGER_PG_BIN holds no"):
        start(folder, pg_bin=folder)


def test_windows_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(EmbeddedPostgresError, match="Windows"):
        start(folder)


@needs_root
def test_root_may_keep_data_where_nobody_else_may_enter(folder: Path) -> None:
    folder.chmod(0o700)
    for _ in range(2):
        with start(folder / "data", durable=False) as server:
            assert ask(server.service_dsn, "SELECT 1") == 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "data" / "pg").stat().st_uid != 0


@needs_root
def test_a_user_other_than_root_runs_the_server_as_itself(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    child = run_python(START_AS_NOBODY, folder, nobody.pw_uid, nobody.pw_gid)
    out, errors = child.communicate(timeout=30)
    assert (out, errors, child.returncode) == ("ledger\n", "", 0)
    assert (folder / "pg").stat().st_uid == nobody.pw_uid
    with start(folder, durable=False) as server:
        assert ask(server.dsn, "SELECT 1") == 1


@needs_root
def test_programs_in_a_private_home_are_copied_to_where_all_may_read(
    used_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_for(used_folder / "pg")
    monkeypatch.setattr(binaries, "CACHE", used_folder / "cache")
    with tempfile.TemporaryDirectory(dir=used_folder) as home:
        private = private_copy(account, Path(home) / "package")
        copies = {find_binaries(account, private, None).folder for _ in range(2)}
        assert [copy.is_relative_to(used_folder / "cache") for copy in copies] == [True]
        with start(used_folder, durable=False, pg_bin=private) as server:
            assert ask(server.dsn, "SELECT 1") == 1


def private_copy(account: Account, package: Path) -> Path:
    install = find_binaries(account, None, None).folder.parent
    shutil.copytree(install, package / "pginstall")
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    if libraries.is_dir():
        beside = package.with_name("package.libs")
        shutil.copytree(libraries, beside)
    return package / "pginstall" / "bin"
