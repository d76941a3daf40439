"""The text of a journal as hledger reads it, from what it holds. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from contracts.quantity import plain

SIDES: Final = {"us": "given", "partner": "received"}
ADJUSTMENT: Final = "Adjustment of"
HEADER: Final = """\
; {title}
; {cut}
;
; Accounts are <partner>:<given|received>:<account>; against each stands the account
; world of the same partner and side. Every event is a transaction on the day it acts
; from, in the time zone {zone}. Its code is the position at which it was posted: a
; correction undoes the event and posts it anew, at a position of its own.
;
; The last transactions, "{adjustment} ...", bring each promise and delivery to its
; amount: more than was promised is a gift, and what is closed holds nothing. With them
; every balance is the one of GET /v1/balances at this cut. They are dated at the cut:
; with an earlier end date hledger shows raw sums. Ask for as_of that date instead.
;
; Benefits stand beside the balance and are not in this journal.

decimal-mark .
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A signed amount of a unit on an account; ref: the offer, commitment, delivery."""

    partner: str
    side: str
    account: str
    amount: Decimal
    unit: str
    ref: str


def header(ledger: str, zone: str, as_of: str, position: int, uncertain: int) -> str:
    """What the journal is, and at which cut."""
    title = f"Alliance Ledger, the ledger {ledger}: a journal for hledger"
    cut = f"As of {as_of}, at position {position}; uncertain: {uncertain}"
    return HEADER.format(title=title, cut=cut, zone=zone, adjustment=ADJUSTMENT)


def recorded(
    day: date, position: int, title: str, event: str, lines: Iterable[Line]
) -> str:
    """What one event posted at a position."""
    return _transaction(f"{day} ({position}) {title}  ; event:{event}", lines)


def adjusting(day: date, kind: str, lines: Iterable[Line]) -> str:
    """What brings one offer, commitment or delivery to its amount."""
    article = "an" if kind == "offer" else "a"
    return _transaction(f"{day} {ADJUSTMENT} {article} {kind}", lines)


def closing(transactions: int) -> str:
    """The last line: a journal without it was cut short."""
    return f"\n; end of the journal: {transactions} transactions\n"


def _transaction(first: str, lines: Iterable[Line]) -> str:
    return "\n".join(("", first, *_lines(lines), ""))


def _lines(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        account = f"{line.partner}:{SIDES[line.side]}:{line.account}"
        yield f'    {account}  {plain(line.amount)} "{line.unit}"  ; ref:{line.ref}'
