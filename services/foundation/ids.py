"""Ids of events."""

import secrets
import time
from uuid import UUID


def new_event_id() -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return str(UUID(int=value | (0x7 << 76) | (0x2 << 62)))
