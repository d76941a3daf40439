"""The server's first process: whether it lives, how it starts and stops."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from services.foundation.embedded_postgres.binaries import Binaries
from services.foundation.embedded_postgres.cluster import PORT, SOCKET_FILE, Cluster
from services.foundation.embedded_postgres.failure import EmbeddedPostgresError

START_SECONDS = 300.0  # recovery after a crash can be long
STOP_SECONDS = 120.0
LOOK_AGAIN_SECONDS = 0.01
LONGEST_LOG = 16 * 1024 * 1024
# The backends of a killed postmaster end by themselves, a moment later than it.
BACKENDS_REMAIN = "pre-existing shared memory block"
# Prints the server's process id and leaves it to init, so that it is nobody's child
# and may outlive whoever started it.
LAUNCH = 'exec "$@" >&2 & echo $!'

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "wal_level": "logical",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
    "random_page_cost": "1.1",
    "jit": "off",
}
# Survives the death of any process, not of the machine.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Launch:
    """A server that we started: its process, and where it begins in the log."""

    pid: int
    log_starts: int


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` says."""

    pid: int
    socket_folder: Path
    is_ready: bool


def find_postmaster(cluster: Cluster) -> Postmaster | None:
    """Find the running server of a cluster."""
    lines = _pid_file(cluster)
    if not lines or not _is_postmaster(int(lines[0]), cluster.name):
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(int(lines[0]), Path(lines[4]), lines[7].strip() == "ready")


def bring_up(cluster: Cluster, binaries: Binaries, *, durable: bool) -> Path:
    """Start the server unless it runs, wait until it is ready, name its socket folder.

    The caller holds the cluster's lock.
    """
    launch: Launch | None = None
    deadline = time.monotonic() + START_SECONDS
    while not ((found := find_postmaster(cluster)) and found.is_ready):
        if found is None and (launch is None or not is_alive(launch.pid)):
            _check_log(cluster, launch)
            launch = _launch(cluster, binaries, durable=durable)
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"PostgreSQL is not ready; see {cluster.log}.")
        time.sleep(LOOK_AGAIN_SECONDS)
    return found.socket_folder


def stop(cluster: Cluster) -> None:
    """Shut the server down: transactions are rolled back, the data are flushed."""
    found = find_postmaster(cluster)
    if found is None:
        return
    os.kill(found.pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while is_alive(found.pid):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"PostgreSQL (process {found.pid}) does not stop; see {cluster.log}."
            )
        time.sleep(LOOK_AGAIN_SECONDS)
    if found.socket_folder.parent != cluster.data:
        found.socket_folder.rmdir()


def is_alive(pid: int) -> bool:
    """Whether a process exists and is more than a zombie."""
    return bool(_command_line(pid))


def _launch(cluster: Cluster, binaries: Binaries, *, durable: bool) -> Launch:
    """Start the server and return at once."""
    command = _command(cluster, binaries, durable=durable)
    _rotate(cluster.log)
    opened = cluster.account.open_own(cluster.log, os.O_WRONLY | os.O_APPEND)
    with os.fdopen(opened, "ab") as log:
        starts = log.tell()
        started = cluster.account.run(
            ["/bin/sh", "-c", LAUNCH, "sh", *command],
            cwd=cluster.folder,
            errors=log,
            extra=_disown(cluster),
        )
    return Launch(int(started.stdout), starts)


def _command(
    cluster: Cluster, binaries: Binaries, *, durable: bool
) -> list[str | Path]:
    settings = SETTINGS | ({} if durable else NOT_DURABLE)
    settings["cluster_name"] = cluster.name
    settings["unix_socket_directories"] = f'"{_free_socket_folder(cluster)}"'
    place = cluster.seen_by_server(cluster.folder)
    options = [f"--{name}={value}" for name, value in settings.items()]
    return [binaries.folder / "postgres", "-D", place, *options]


def _free_socket_folder(cluster: Cluster) -> Path:
    """Make the socket's folder and clear what a killed server left in it.

    The folder is this cluster's alone, and another server of the cluster would still
    be found by its pid file and its shared memory. A start that was killed between its
    two lock files has left two process numbers, and `_disown` can name only one.
    """
    folder = cluster.make_socket_folder()
    (folder / f"{SOCKET_FILE}.lock").unlink(missing_ok=True)
    return folder


def _disown(cluster: Cluster) -> dict[str, str]:
    """Tell the server that the process in its pid file is not a rival.

    A killed postmaster may linger as a zombie where init reaps nobody, or another
    program may have got its number; either would block the start. PostgreSQL spares
    its grandparent, and says who that is by this variable. Removing the file instead
    would lose its check that no backend is left.
    """
    lines = _pid_file(cluster)
    return {"PG_GRANDPARENT_PID": lines[0]} if lines else {}


def _pid_file(cluster: Cluster) -> list[str]:
    try:
        return (cluster.folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _is_postmaster(pid: int, name: str) -> bool:
    """Tell our server from a process that got its number, another server included."""
    command = _command_line(pid)
    names = [word for word in command if word.startswith("--cluster_name=")]
    is_server = any(Path(word).name == "postgres" for word in command)
    return is_server and names in ([], [f"--cluster_name={name}"])


def _command_line(pid: int) -> list[str]:
    """Read the arguments of a process; a zombie and a dead one have none."""
    return _of_proc(pid) if sys.platform == "linux" else _of_ps(pid)


def _of_proc(pid: int) -> list[str]:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return line.decode(errors="replace").split("\0")[:-1]


def _of_ps(pid: int) -> list[str]:
    asked = ("/bin/ps", "-o", "stat=,command=", "-p", str(pid))
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    state, *command = answer.stdout.split() or ["Z"]
    return [] if state.startswith("Z") else command


def _check_log(cluster: Cluster, failed: Launch | None) -> None:
    """After a start that failed: go on if trying again can help."""
    if failed is None:
        return
    text = cluster.log.read_bytes()[failed.log_starts :].decode(errors="replace")
    if BACKENDS_REMAIN not in text:
        raise EmbeddedPostgresError(f"PostgreSQL does not start; its log says:\n{text}")


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.rename(log.with_suffix(".log.1"))
