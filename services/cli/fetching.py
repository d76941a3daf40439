"""Fetching whole answers of the API into files."""

from collections.abc import Iterator
from typing import BinaryIO, Final

import httpx2

from services.cli.failing import CommandError
from services.cli.progress import Watch

WAIT: Final = 30
A_PAGE: Final = 1000
NDJSON: Final = "application/x-ndjson"
END_OF_JOURNAL: Final = b"; end of the journal:"


def head_of(client: httpx2.Client) -> int:
    """The newest position of the log."""
    answer = client.get("/v1/events", params={"limit": 1, "order": "-position"})
    return int(_right(answer).headers["Ledger-Position"])


def fetch_events(client: httpx2.Client, file: BinaryIO, watch: Watch) -> int:
    """Write every event as the API shows it, one a line; how many they are.

    Later pages are of the same moment as the first: the cursor freezes it.
    """
    count = 0
    for page in _pages(client, f"/v1/events?limit={A_PAGE}"):
        file.write(page)
        count += page.count(b"\n")
        watch(count)
    return count


def _pages(client: httpx2.Client, path: str | None) -> Iterator[bytes]:
    while path is not None:
        answer = _right(client.get(path, headers={"Accept": NDJSON}))
        yield answer.content
        path = answer.links.get("next", {}).get("url")


def fetch_journal(client: httpx2.Client, file: BinaryIO, position: int) -> None:
    """Write the journal, no older than a position.

    Raises CommandError when it ends without its last line, which tells a cut answer.
    """
    asked = {"min_position": position, "wait": WAIT}
    tail = b""
    with client.stream("GET", "/v1/export/journal", params=asked) as answer:
        if answer.is_error:
            answer.read()
        for chunk in _right(answer).iter_bytes():
            file.write(chunk)
            tail = (tail + chunk)[-200:]
    if END_OF_JOURNAL not in tail:
        raise CommandError("The journal was cut short; nothing was written.")


def _right(answer: httpx2.Response) -> httpx2.Response:
    if answer.is_error:
        raise CommandError(str(answer.json()["detail"]))
    return answer
