"""Dependencies of the paths: only who has the scope may pass."""

import hmac
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request

from contracts.saying import Said
from services.foundation.access.grants import Access, Grant, TooMany
from services.foundation.access.sessions import COOKIE
from services.foundation.problems import Problem

if TYPE_CHECKING:
    from services.foundation.access.secrets import Pepper

SAFE: Final = ("GET", "HEAD", "OPTIONS")
FORM_TOKEN: Final = "X-CSRF-Token"  # noqa: S105 (the name of a header)


def may(scope: str) -> Callable[[Request], Coroutine[Any, Any, Grant]]:
    """A dependency that lets only keys and sessions with a scope pass."""

    async def grant(request: Request) -> Grant:
        access: Access = request.app.state.access
        secret = _shown(request)
        found = await access.grant(secret) if secret else None
        request.state.grant = let_in = _let_in(found, scope)
        return let_in

    return grant


def _let_in(found: Grant | TooMany | None, scope: str) -> Grant:
    if isinstance(found, TooMany):
        raise too_many(found)
    if found is None:
        detail = Said("Send `Authorization: Bearer <key>` with a key of the ledger.")
        raise Problem("unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
    if not found.allows(scope):
        raise Problem(
            "forbidden", Said("This needs a key with the scope `{scope}`.", scope=scope)
        )
    return found


async def still_may_read(request: Request) -> None:
    """Refuse who was let in to follow a stream and may read no more.

    It is no request of theirs: it takes nothing of the key's rate.
    """
    access: Access = request.app.state.access
    secret = _shown(request)
    _let_in(await access.known(secret) if secret else None, "read")


def too_many(found: TooMany) -> Problem:
    """The answer to who asks too often."""
    detail = Said("This key asks too often; wait as long as Retry-After says.")
    return Problem("too-many", detail, headers={"Retry-After": str(found.seconds)})


def _shown(request: Request) -> str | None:
    """The key of a request, or the session of a browser.

    A browser sends its cookie for whoever asks it to; what changes something must
    prove that a page of ours sent it.
    """
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, key = header.partition(" ")
        return key.strip() if scheme.lower() == "bearer" else None
    session = request.cookies.get(COOKIE)
    if session is None or request.method in SAFE:
        return session
    return session if is_own_form(request, session) else None


def is_own_form(request: Request, session: str) -> bool:
    """Whether a page of this session sent a request."""
    pepper: Pepper = request.app.state.pepper
    shown = request.headers.get(FORM_TOKEN, "")
    return hmac.compare_digest(shown.encode(), pepper.form_token(session).encode())


may_record: Final = may("record")
may_read: Final = may("read")
may_admin: Final = may("admin")
