"""The folder of one embedded server: where its parts lie, and how it is made."""

import os
import shutil
import stat
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from services.foundation.embedded_postgres.account import Account
from services.foundation.embedded_postgres.binaries import Binaries
from services.foundation.embedded_postgres.failure import EmbeddedPostgresError

OWNER = "ledger"
PORT = 5432
SOCKET_FILE = f".s.PGSQL.{PORT}"
# The operating systems allow 104 to 108 bytes.
LONGEST_SOCKET_PATH = 100
SHORT_FOLDERS = Path("/tmp")  # noqa: S108 - made private and checked before use
# Resolves to the folder that a process was started in, even where its account may
# not walk the path to it.
WHERE_STARTED = Path("/proc/self/cwd")


@dataclass(frozen=True)
class Cluster:
    """Where the server of a data folder keeps its things."""

    data: Path
    account: Account

    @property
    def folder(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.data / "pg"

    @property
    def log(self) -> Path:
        """What the server and `initdb` say."""
        return self.data / "server.log"

    @property
    def name(self) -> str:
        """A name that tells this server's processes from any other's."""
        return f"ledger-{sha256(bytes(self.data)).hexdigest()[:12]}"

    def made_by(self) -> int | None:
        """Tell the major version of PostgreSQL that made the cluster, if one did."""
        file = self.folder / "PG_VERSION"
        return int(file.read_text()) if file.exists() else None

    def seen_by_server(self, folder: Path) -> Path:
        """How the account, started inside a folder, can name it.

        Root's data may lie under a home that nobody else may enter. On Linux the
        server then runs from inside; nothing is moved and no mode is loosened.
        """
        if self.account.reaches(folder):
            return folder
        if sys.platform == "linux":
            return WHERE_STARTED
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root, and the user it would run as may not"
            f" enter {folder}: set LEDGER_DATA_DIR to a folder outside of your home."
        )

    def make_socket_folder(self) -> Path:
        """Make the folder of the socket: ours, or a short one when that won't do."""
        folder = self.data / "s"
        path = os.fsencode(folder / SOCKET_FILE)
        fits = len(path) <= LONGEST_SOCKET_PATH and not set(path) & set(b',"')
        if not (fits and self.account.reaches(self.data)):
            folder = SHORT_FOLDERS / self.name
        make_private(folder, self.account)
        return folder


def make_private(folder: Path, account: Account) -> None:
    """Make a folder for the account alone; refuse one that somebody else made."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (
        os.geteuid(),
        account.uid,
    ):
        raise EmbeddedPostgresError(f"{folder} belongs to another user: remove it.")
    account.own(folder)
    folder.chmod(0o700)


def make_cluster(cluster: Cluster, binaries: Binaries, *, durable: bool) -> None:
    """Run `initdb` under a temporary name, so that a killed one leaves no half."""
    new = cluster.data / "pg.new"
    shutil.rmtree(new, ignore_errors=True)
    make_private(new, cluster.account)
    place = cluster.seen_by_server(new)
    options = [*_initdb_options(binaries), *([] if durable else ["--no-sync"])]
    made = cluster.account.run(
        [binaries.folder / "initdb", "-D", place, *options], cwd=new
    )
    if made.returncode != 0:
        reason = made.stderr.decode(errors="replace").strip()
        raise EmbeddedPostgresError(f"initdb could not make {cluster.folder}: {reason}")
    _put_in_place(new, cluster.folder)


def _initdb_options(binaries: Binaries) -> list[str]:
    """Only who may enter the socket's folder can connect, hence `trust`."""
    options = ["--username", OWNER, "--auth", "trust", "--encoding", "UTF8"]
    if binaries.major < 17:  # noqa: PLR2004 - the first with locales of its own
        return [*options, "--locale", "C.UTF-8"]
    return [
        *options,
        *("--locale", "C", "--locale-provider", "builtin"),
        *("--builtin-locale", "C.UTF-8"),
    ]


def _put_in_place(new: Path, folder: Path) -> None:
    try:
        new.rename(folder)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"{folder} is not PostgreSQL's and not empty: move it away."
        ) from error
    parent = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
