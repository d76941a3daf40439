"""What the partners of a ledger are called, ready to be searched and sorted. Pure."""

from collections.abc import Mapping
from itertools import chain

from services.projections.answers.by_name import (
    Order,
    Reading,
    Stored,
    alike,
    in_order,
    searchable,
)


class Called:
    """Names by whom they are of; what was worked out of them is kept."""

    def __init__(self) -> None:
        self.position = 0
        self._stored: dict[str, Stored] = {}
        self._searched: dict[str, str] = {}
        self._orders: dict[bool, Order] = {}

    def take(self, partner: str, stored: Stored, position: int) -> None:
        """Take names as they are now, and the position that tells them."""
        self.position = max(self.position, position)
        if self._stored.get(partner) != stored:
            self._stored[partner] = stored
            self._searched.pop(partner, None)
            self._orders.clear()

    def forget_texts(self) -> None:
        """Work everything out anew: names may read otherwise from now on."""
        self._searched.clear()
        self._orders.clear()

    def find(self, part: str, read: Reading, instead: Mapping[str, Stored]) -> set[str]:
        """Whose id or names hold a part, in whatever case; some go by others."""
        wanted = alike(part)
        self._search_all(read)
        named = {p for p, text in self._searched.items() if wanted in text}
        texts = read(chain.from_iterable(instead.values()))
        others = {p for p, s in instead.items() if wanted in searchable(texts, s)}
        return (
            (named - instead.keys()) | others | {p for p in self._stored if wanted in p}
        )

    def _search_all(self, read: Reading) -> None:
        new = self._stored.keys() - self._searched.keys()
        if new:
            texts = read(chain.from_iterable(self._stored[p] for p in new))
            told = {p: searchable(texts, self._stored[p]) for p in new}
            self._searched.update(told)

    def order(
        self, read: Reading, instead: Mapping[str, Stored], *, descending: bool
    ) -> Order:
        """All by main name; some go by others."""
        if instead:
            return in_order({**self._stored, **instead}, read, descending=descending)
        if descending not in self._orders:
            order = in_order(self._stored, read, descending=descending)
            self._orders[descending] = order
        return self._orders[descending]

    def unlike(self, names: Mapping[str, Stored]) -> Mapping[str, Stored]:
        """Those of some names that are not the ones known here."""
        return {p: s for p, s in names.items() if self._stored.get(p) != s}
