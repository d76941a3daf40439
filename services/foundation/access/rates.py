"""How often a key may ask: a bucket that fills again at the key's rate."""

import math
from dataclasses import dataclass, field
from typing import Final

BURST_SECONDS: Final = 2
"""A bucket holds what comes in so many seconds."""
MOST_BUCKETS: Final = 10_000


@dataclass(slots=True)
class Bucket:
    """What is left of a rate, and when that was."""

    left: float
    at: float


@dataclass(slots=True)
class Rates:
    """Buckets by name, each with requests that are left."""

    buckets: dict[str, Bucket] = field(default_factory=dict)

    def take(self, name: str, per_second: int, now: float) -> int:
        """0 when one more may pass; else after how many seconds to ask again."""
        most = per_second * BURST_SECONDS
        bucket = self.buckets.get(name)
        if bucket is None:
            bucket = self._new(name, most, now)
        bucket.left = min(most, bucket.left + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.left < 1:
            return math.ceil((1 - bucket.left) / per_second)
        bucket.left -= 1
        return 0

    def _new(self, name: str, most: int, now: float) -> Bucket:
        if len(self.buckets) >= MOST_BUCKETS:
            self.buckets.clear()
        self.buckets[name] = bucket = Bucket(most, now)
        return bucket
