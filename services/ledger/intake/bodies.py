"""Reading request bodies and the headers that go with them."""

import re
from typing import Final

from fastapi import Request

from contracts.canonical import Json, parse_json
from contracts.saying import Said
from services.foundation.faults import reason_of
from services.foundation.problems import Problem
from services.ledger.intake.prepare import Conditions

BODY_BYTES: Final = 1024 * 1024
PLAIN: Final = "identity"
DIGITS: Final = 19
"""What says to be longer is found too long when it comes."""
_TAG: Final = re.compile(r'"(0|[1-9][0-9]{0,17})"')
_KEY: Final = re.compile(
    r'(?:"((?:[^"\\\x00-\x1f\x7f]|\\["\\]){1,255})"|([!#-\[\]-~]{1,255}))'
)


def require_media_type(request: Request, wanted: str) -> None:
    """Refuse a body of another media type, or one that is compressed."""
    if request.headers.get("content-encoding", PLAIN).strip().lower() != PLAIN:
        raise Problem(
            "unsupported-media-type",
            Said("Send the body as it is: no `Content-Encoding` is known here."),
            headers={"Accept-Encoding": PLAIN},
        )
    sent = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if sent != wanted:
        raise Problem(
            "unsupported-media-type",
            Said("Send `Content-Type: {wanted}`.", wanted=wanted),
        )


async def read_body(request: Request, most: int) -> bytes:
    """The whole body; 413 as soon as it is longer than allowed."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and len(length) < DIGITS and int(length) > most:
        raise too_large(most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise too_large(most)
    return bytes(body)


def too_large(most: int) -> Problem:
    """The answer to a body that is longer than allowed."""
    return Problem(
        "too-large", Said("At most {most} bytes are accepted here.", most=most)
    )


def read_json(body: bytes, at: str = "") -> Json:
    """The JSON of a body."""
    try:
        return parse_json(body)
    except ValueError as error:
        reason = [(at, reason_of(error))]
        raise Problem("invalid", Said("The body is not JSON."), errors=reason) from None


def conditions_of(request: Request) -> Conditions:
    """`Idempotency-Key` and `If-Match`."""
    return Conditions(_key(request), _version(request))


def _key(request: Request) -> str | None:
    sent = request.headers.getlist("idempotency-key")
    if not sent:
        return None
    match = _KEY.fullmatch(sent[0].strip()) if len(sent) == 1 else None
    if match is None:
        reason = [
            ("/headers/Idempotency-Key", Said("must be a token or quoted, 1 to 255"))
        ]
        raise Problem("invalid", Said("See errors."), errors=reason)
    return match[2] or re.sub(r"\\(.)", r"\1", match[1])


def _version(request: Request) -> int | None:
    sent = request.headers.getlist("if-match")
    if not sent:
        return None
    match = _TAG.fullmatch(sent[0].strip()) if len(sent) == 1 else None
    if match is None:
        reason = [("/headers/If-Match", Said('must be one strong tag such as "7"'))]
        raise Problem("invalid", Said("See errors."), errors=reason)
    return int(match[1])
