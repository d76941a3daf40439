"""`python -m services.cli.schemas` writes the event schemas and openapi.json."""

from typing import Any, Final

from contracts.schemas import FOLDER, as_text, write_event_schemas
from services.cli.running import one_port

FILE: Final = FOLDER / "openapi.json"


def openapi() -> dict[str, Any]:
    """The HTTP contract of both services, as one port serves it."""
    return one_port().openapi()


def write_schemas() -> None:
    """Write every generated document of `contracts/schemas`."""
    write_event_schemas()
    FILE.write_text(as_text(openapi()), encoding="utf-8")


if __name__ == "__main__":
    write_schemas()
