"""What a client knows of its requests, written down before and after each of them.

A line is on the disk before the request leaves and before its answer is used: the file
is the client's own word, whatever the ledger or this process come to.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.e2e.asking import Json
from tests.faults.clients import Told


class Form(StrEnum):
    """How events are sent."""

    ONE = "one"
    LIST = "list"
    BATCH = "batch"


class Fate(StrEnum):
    """What a client knows of a request in the end."""

    RECORDED = "recorded"
    REFUSED = "told that nothing was recorded"
    UNKNOWN = "never answered, or told so"


@dataclass
class Sent:
    """A request: its events, each with a correlation that no other event has."""

    form: Form
    events: Sequence[Json]
    key: str | None = None
    fate: Fate = Fate.UNKNOWN
    told: Told = field(default_factory=list)


class Journal:
    """The file of one client."""

    def __init__(self, path: Path, name: str) -> None:
        self._name, self._number = name, 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def about_to_send(
        self, form: Form, events: Sequence[Json], key: str | None
    ) -> Sent:
        """Note what will be sent; its events get their correlations."""
        self._number += 1
        marked = [
            each | {"correlation": f"{self._name}.{self._number}.{place}"}
            for place, each in enumerate(events)
        ]
        self._write({"form": form, "events": marked, "key": key})
        return Sent(form, marked, key)

    def settle(self, sent: Sent, fate: Fate, told: Told) -> None:
        """Note what became of it."""
        sent.fate, sent.told = fate, told
        self._write({"fate": fate, "told": told})

    def _write(self, line: Json) -> None:
        os.write(self._file, f"{json.dumps(line)}\n".encode())
        os.fsync(self._file)

    def close(self) -> None:
        """No more is sent."""
        os.close(self._file)


def read_journals(folder: Path) -> list[Sent]:
    """All that was sent; what has no second line was never answered."""
    return [sent for path in sorted(folder.iterdir()) for sent in _read(path)]


def _read(path: Path) -> Iterator[Sent]:
    last: Sent | None = None
    for line in path.read_text("utf-8").splitlines():
        found: dict[str, Any] = json.loads(line)
        if "form" in found:
            if last is not None:
                yield last
            last = Sent(Form(found["form"]), found["events"], found["key"])
        else:
            assert last is not None
            last.fate, last.told = Fate(found["fate"]), found["told"]
    if last is not None:
        yield last
