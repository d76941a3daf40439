"""The records of a log as they are read: their hashes, and what their order tells."""

import json
from typing import Final, NamedTuple

from services.ledger.integrity.merkle import leaf_hash
from services.ledger.integrity.records import entry

AFTER_RECORDED_AT: Final = 7
_PARSE: Final = json.JSONDecoder().decode


class Line(NamedTuple):
    """A record and its place in what was read, counted from 1."""

    place: int
    record: bytes
    leaf: bytes
    ledger: str
    position: int
    event: str
    partner: str
    version: int
    recorded_at: str

    def leaf_at(self, position: int) -> bytes:
        """The leaf of the same record, had it stood at another position."""
        if not self.position or position == self.position:
            return self.leaf
        ledger, _, rest = self.record.split(b",", 2)
        return leaf_of(b"%b,%d,%b" % (ledger, position, rest))


def leaf_of(record: bytes) -> bytes:
    """The leaf that the tree holds for a record."""
    return leaf_hash(entry(record))


def read_line(place: int, record: bytes) -> Line:
    """A record as a line; what is no record at all has position 0."""
    leaf = leaf_of(record)
    try:
        parsed = _PARSE(record.decode())
    except ValueError:
        parsed = None
    match parsed:
        case [
            str(ledger),
            int(position),
            str(event),
            str(partner),
            int(version),
            _,
            _,
            _,
            str(recorded),
            *rest,
        ] if len(rest) == AFTER_RECORDED_AT:
            told = (ledger, position, event, partner, version, recorded)
            return Line(place, record, leaf, *told)
    return Line(place, record, leaf, "", 0, "", "", 0, "")
