"""Shares of a whole, exact and never a float."""

from typing import Final

PARTS: Final = 10_000


def share(part: int, whole: int) -> str | None:
    """A share with four digits, halves rounded up: `0.3333`; None of nothing."""
    if not whole:
        return None
    parts = (2 * PARTS * part + whole) // (2 * whole)
    return f"{parts // PARTS}.{parts % PARTS:04}"
