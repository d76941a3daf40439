"""Answers that took long, shown again for a while."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from services.projections.pages.asking import Asking, Json

LONG_SECONDS: Final = 0.05
TIMES: Final = 20
"""An answer is shown again for so many times as long as it took."""
MOST: Final = 256


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and until when it is shown again."""

    body: Json
    until: float


class Remembered:
    """Sums over a whole ledger, of which large ledgers are asked less often.

    What is fast is asked anew each time. Only what every reader of a ledger may see is
    asked through here, and nothing that tells of people.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], Kept] = OrderedDict()

    async def get(
        self, asking: Asking, ledger: str, path: str, **asked: object
    ) -> Json:
        """The answer to a question, of now or of a moment ago."""
        key, begun = (ledger, path, *map(str, asked.items())), time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and kept.until > begun:
            asking.reflect(kept.body["position"])
            return kept.body
        body = await asking.get(path, **asked)
        ended = time.monotonic()
        self._kept.pop(key, None)
        if ended - begun > LONG_SECONDS:
            self._kept[key] = Kept(body, ended + TIMES * (ended - begun))
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return body

    def seconds_left(self, ledger: str) -> int | None:
        """In how many seconds all is asked anew; None if it is each time."""
        now = time.monotonic()
        left = [k.until - now for key, k in self._kept.items() if key[0] == ledger]
        ahead = [seconds for seconds in left if seconds > 0]
        return int(max(ahead)) + 1 if ahead else None
