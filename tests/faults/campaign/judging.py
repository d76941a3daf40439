"""The oracle of a campaign: what clients noted against the log and all made of it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg

from services.ledger.integrity.heads import file_of, read_heads
from services.ledger.integrity.records import entry, record
from tests.e2e.asking import Json
from tests.faults.campaign.journal import Fate, Form, Sent
from tests.faults.campaign.watchers import Seen
from tests.faults.clients import Told
from tests.faults.reading import exact
from tests.faults.writing import assert_gapless, whole_log
from tests.independent_proofs import hash_leaf, hash_pair, read_note
from tests.oracle.balance import balance
from tests.servers import Database

LEDGER: Final = "default"
END: Final = datetime(2024, 12, 31, 23, 59, 59, 999999, UTC)
SAME: Final = ("type", "partner", "occurred_at", "correlation")


def check_requests(log: Told, requests: Iterable[Sent]) -> None:
    """Every request came to what its client knows; nothing else is in the log."""
    assert [item["position"] for item in log] == list(range(1, len(log) + 1))
    assert_gapless((item["partner"], item["version"]) for item in log)
    by_correlation: dict[str, Told] = defaultdict(list)
    for item in log:
        by_correlation[item["correlation"]].append(item)
    for sent in requests:
        names = [str(each["correlation"]) for each in sent.events]
        _check_request(sent, [by_correlation.pop(name, []) for name in names])
    assert by_correlation == {}, "events that nobody sent"


def _check_request(sent: Sent, found: Sequence[Told]) -> None:
    """Each event of a request is in the log at most once, and all or none of them."""
    counts = {len(each) for each in found}
    allowed = {Fate.RECORDED: [{1}], Fate.REFUSED: [{0}], Fate.UNKNOWN: [{0}, {1}]}
    assert counts in allowed[sent.fate], (sent, found)
    items = [each[0] for each in found if each]
    if sent.fate is Fate.RECORDED and sent.form is not Form.BATCH:
        assert items == sent.told
    for item, event in zip(items, sent.events, strict=False):
        assert _is_as_sent(item, event), (item, event)


def _is_as_sent(item: Json, event: Json) -> bool:
    """Ids that were made and names that were resolved are all that may differ."""
    same = all(item[name] == event[name] for name in SAME)
    left_out = {name for name, value in event["data"].items() if value == "#1"}
    written = event["data"].keys() - left_out - {"delta"}
    return same and all(item["data"][n] == event["data"][n] for n in written)


def check_balances(log: Told, seen: Seen) -> int:
    """Every balance is that of the prefix of the log that it was told to be of.

    The number of different balances that were seen.
    """
    streams: dict[str, Told] = defaultdict(list)
    for item in log:
        streams[item["partner"]].append(item)

    @cache
    def of_prefix(partner: str, length: int) -> Any:
        prefix, zone = streams[partner][:length], ZoneInfo("UTC")
        everything = len(log)
        return balance(
            prefix, as_of=END, position=everything, zone=zone, partner=partner
        )["items"]

    for (partner, position), items in seen.items():
        ends = [item["position"] for item in streams[partner]]
        expected = of_prefix(partner, bisect_right(ends, position))
        assert exact(items) == expected, (partner, position)
    return of_prefix.cache_info().currsize


def check_heads(database: Database, data_dir: Path) -> int:
    """Every signed head, here and outside, is a head of the log; how many there are."""
    rows = whole_log(database)
    roots = _roots(hash_leaf(entry(record(LEDGER, row))) for row in rows)
    with psycopg.connect(database.owner_dsn) as connection:
        notes = [n for (n,) in connection.execute("SELECT note FROM tree_heads")]
        (key,) = connection.execute("SELECT verifier FROM tree_keys").fetchall()
        assert connection.execute("SELECT halted FROM trees").fetchall() == [(None,)]
    in_file = read_heads(file_of(data_dir, LEDGER))
    assert set(notes) <= set(in_file)
    for note in in_file:
        _, size, root = read_note(note.encode(), key[0])
        assert root == roots[size - 1], note
    return len(in_file)


def _roots(leaves: Iterable[bytes]) -> list[bytes]:
    """The head of every prefix, by the perfect trees that a prefix falls into."""
    perfect: list[tuple[int, bytes]] = []
    roots = []
    for leaf in leaves:
        size, node = 1, leaf
        while perfect and perfect[-1][0] == size:
            node = hash_pair(perfect.pop()[1], node)
            size *= 2
        perfect.append((size, node))
        for _, left in reversed(perfect[:-1]):
            node = hash_pair(left, node)
        roots.append(node)
    return roots
