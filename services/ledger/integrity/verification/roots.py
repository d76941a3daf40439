"""The roots of a growing tree at the sizes of its heads."""

from collections.abc import Iterable, Mapping

from services.ledger.integrity.merkle import Frontier


class Roots:
    """Takes leaves, and keeps the root of each size that was asked for."""

    def __init__(self, sizes: Iterable[int]) -> None:
        self._wanted = frozenset(sizes)
        self._tree = Frontier()
        self.known: dict[int, bytes] = {}
        self._keep()

    @property
    def size(self) -> int:
        """How many leaves it has taken."""
        return self._tree.size

    def take(self, leaf: bytes) -> None:
        """Grow by a leaf."""
        self._tree.append(leaf)
        if self._tree.size in self._wanted:
            self._keep()

    def _keep(self) -> None:
        self.known[self._tree.size] = self._tree.root()

    def up_to(self, size: int) -> Mapping[int, bytes]:
        """Those of sizes that do not exceed one."""
        return {of: root for of, root in self.known.items() if of <= size}
