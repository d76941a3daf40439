"""The files of the pages, kept in memory, and how texts go out compressed."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from contracts.saying import Said
from services.foundation.answers import digest_of
from services.foundation.problems import Problem

FOLDER: Final = Path(__file__).parent / "static"
TYPES: Final = {
    "style.css": "text/css",
    "live.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
YEAR: Final = "public, max-age=31536000, immutable"
LEVEL: Final = 6
ENOUGH_BYTES: Final = 500
"""From how many bytes on it pays to compress."""
router: Final = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it goes out; its address changes with what it holds."""

    content: bytes
    small: bytes
    address: str


def _read(name: str) -> File:
    content = (FOLDER / name).read_bytes()
    address = f"/static/{name}?v={digest_of(content)[:12]}"
    return File(content, gzip.compress(content, 9, mtime=0), address)


FILES: Final[Mapping[str, File]] = {name: _read(name) for name in TYPES}


def address_of(name: str) -> str:
    """Where a file is, as it is now."""
    return FILES[name].address


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    """A file of the pages."""
    if name not in FILES:
        raise Problem("not-found", Said("There is no such file."))
    file, headers = FILES[name], {"Cache-Control": YEAR, "Vary": "Accept-Encoding"}
    if not takes_gzip(request):
        return Response(file.content, headers=headers, media_type=TYPES[name])
    headers["Content-Encoding"] = "gzip"
    return Response(file.small, headers=headers, media_type=TYPES[name])


def takes_gzip(request: Request) -> bool:
    """Whether the browser wants less to load."""
    return "gzip" in request.headers.get("accept-encoding", "").lower()


def compressed(request: Request, text: str, headers: dict[str, str]) -> bytes:
    """A text as it goes out; the headers tell how.

    Somebody else's site learns nothing from the length: it gets no session with it.
    """
    content = text.encode()
    if len(content) < ENOUGH_BYTES or not takes_gzip(request):
        return content
    headers["Content-Encoding"] = "gzip"
    return gzip.compress(content, LEVEL, mtime=0)
