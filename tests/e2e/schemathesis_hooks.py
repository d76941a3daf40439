"""What Schemathesis must be told of our media types."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> bytes:
    """A batch as it is sent: whatever was thought of, as text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
