"""How clients prove who they are."""

from typing import Final

from services.foundation.access.sessions import COOKIE
from services.foundation.describing.operations import Document, operations

SCHEMES: Final[Document] = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of one ledger, with scopes `record`, `read`, `admin`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The session of a browser that came in by a one-time link. "
        "Whatever changes something also needs `X-CSRF-Token` of the page.",
    },
    "feed": {
        "type": "apiKey",
        "in": "query",
        "name": "token",
        "description": "Of one calendar feed, for programs that only know its address.",
    },
}
KEYED: Final = ("key", "session")


def add_security(document: Document) -> None:
    """Say which operations need a key."""
    document["components"]["securitySchemes"] = SCHEMES
    for each in operations(document):
        names = ("feed",) if "token" in each.parameters else KEYED
        ways: list[Document] = [{name: []} for name in names]
        each.content["security"] = ways if each.needs_key else []
