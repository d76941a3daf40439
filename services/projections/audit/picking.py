"""Which partners an audit looks at: chosen by a seed, the same each time."""

from itertools import chain, zip_longest
from random import Random
from typing import Final

from services.foundation.database import statement
from services.projections.audit.reading import Pool

HERE: Final = "services.projections.audit"
PLACES_A_PARTNER: Final = 4


def pick_partners(
    pool: Pool, ledger: str, rng: Random, head: int, most: int
) -> list[str]:
    """Partners at random positions, and partners identified at random.

    The first favours the busy ones, the second nobody.
    """
    wanted = min(head, most * PLACES_A_PARTNER)
    places = rng.sample(range(1, head + 1), wanted)
    busy = _partners_at(pool, ledger, places)
    anyone = _identified_from(pool, ledger, places[:most])
    mixed = chain.from_iterable(zip_longest(busy, anyone))
    return list(dict.fromkeys(p for p in mixed if p is not None))[:most]


def _partners_at(pool: Pool, ledger: str, places: list[int]) -> list[str]:
    named = {"ledger": ledger, "positions": places}
    with pool.connection() as connection:
        rows = connection.execute(statement(HERE, "partners_at"), named)
        found = dict(rows.fetchall())
    return [found[place] for place in places if place in found]


def _identified_from(pool: Pool, ledger: str, places: list[int]) -> list[str]:
    found = []
    with pool.connection() as connection:
        for place in places:
            named = {"ledger": ledger, "position": place}
            row = connection.execute(statement(HERE, "identified_from"), named)
            found += [partner for (partner,) in row]
    return found
