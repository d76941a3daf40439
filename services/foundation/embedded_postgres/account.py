"""The operating system's user that the server runs as."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from services.foundation.embedded_postgres.failure import EmbeddedPostgresError

if sys.platform != "win32":
    import pwd

# What a server needs of our environment; the rest may hold secrets.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


@dataclass(frozen=True)
class Account:
    """Who owns the cluster; `switches` when that is not who runs this process."""

    uid: int
    gid: int
    switches: bool

    def own(self, path: Path) -> None:
        """Give a folder of ours to the account."""
        if self.switches:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def open_own(self, path: Path, flags: int) -> int:
        """Open a file that belongs to the account and is for it alone.

        Never through a link: root may be working in a folder that another user
        prepared.
        """
        opened = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if self.switches:
            os.fchown(opened, self.uid, self.gid)
        return opened

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path = Path("/"),
        errors: int | IO[bytes] = subprocess.PIPE,
        extra: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command to its end as the account, in a session of its own."""
        env = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        return subprocess.run(  # noqa: S603 - our own commands, never a shell's text
            command,
            cwd=cwd,
            env={**env, "LC_ALL": "C", **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            check=False,
            user=self.uid if self.switches else None,
            group=self.gid if self.switches else None,
            extra_groups=[] if self.switches else None,
        )

    def reaches(self, folder: Path) -> bool:
        """Whether the account may enter a folder, every folder above it included."""
        enter = ("/bin/sh", "-c", 'cd "$1"', "sh", str(folder))
        return not self.switches or self.run(enter).returncode == 0


def account_for(cluster: Path) -> Account:
    """Choose who runs the server: ourselves, but never root.

    PostgreSQL refuses root. Then it is the owner of an existing cluster, or else
    `postgres` or `nobody`; no user is created.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switches=False)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switches=True)
    users = {user.pw_name: user for user in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in users:
            return Account(users[name].pw_uid, users[name].pw_gid, switches=True)
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root and there is no user postgres or nobody"
        " to run it as: use another user, or set LEDGER_DSN."
    )
