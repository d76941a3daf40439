"""How long laws are searched for an exception: a little each time, long on request."""

import os
from typing import Final

THOROUGH: Final = "LEDGER_TEST_THOROUGH"


def examples(thorough: int) -> int:
    """So many in `make test-all`, a third of them in `make test`."""
    return thorough if os.environ.get(THOROUGH) else max(5, thorough // 3)
