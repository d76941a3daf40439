"""What forms send: read once, from a page of ours only."""

import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from contracts.saying import Said
from services.foundation.access.grants import TooMany
from services.foundation.access.permission import too_many
from services.foundation.access.sessions import COOKIE
from services.foundation.problems import Problem
from services.projections.pages.asking import Asking
from services.projections.pages.words import language_for

if TYPE_CHECKING:
    from services.foundation.access import Access, Grant, Pepper

MOST_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 200
TOKEN: Final = "token"  # noqa: S105 (the name of a field)


async def fields_of(request: Request) -> Sequence[tuple[str, str]]:
    """The fields of a form, in their order."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Problem(
                "too-large",
                Said("At most {most} bytes are accepted here.", most=MOST_BYTES),
            )
    try:
        text = body.decode()
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem("invalid", Said("The form cannot be read.")) from None
    if any("\0" in value or not _is_text(value) for _, value in fields):
        raise Problem("invalid", Said("The form holds characters that no text has."))
    return fields


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


class Form:
    """The fields of a form that a page of this session sent, and who sent it."""

    def __init__(
        self,
        fields: Sequence[tuple[str, str]],
        grant: "Grant",
        asking: Asking,
        language: str,
    ) -> None:
        self._fields = fields
        self.grant, self.asking, self.language = grant, asking, language

    @property
    def values(self) -> dict[str, list[str]]:
        """What every field holds, to fill the form in again."""
        values: dict[str, list[str]] = {}
        for name, value in self._fields:
            values.setdefault(name, []).append(value)
        return values

    def get(self, name: str) -> str:
        """What a field holds, without blanks around it; empty when it is not sent."""
        return next((v.strip() for n, v in self._fields if n == name), "")

    def all(self, name: str) -> list[str]:
        """What every field of a name holds, without those that are empty."""
        return [v.strip() for n, v in self._fields if n == name and v.strip()]


async def own_form(
    request: Request, fields: Annotated[Sequence[tuple[str, str]], Depends(fields_of)]
) -> Form:
    """The form of a signed-in browser; 401 without a session, 403 from elsewhere."""
    access: Access = request.app.state.access
    pepper: Pepper = request.app.state.pepper
    session = request.cookies.get(COOKIE, "")
    grant = await access.grant(session) if session else None
    if isinstance(grant, TooMany):
        raise too_many(grant)
    if grant is None:
        raise Problem("unauthorized", Said("Sign in first."))
    sent = next((value for name, value in fields if name == TOKEN), "")
    if not hmac.compare_digest(sent.encode(), pepper.form_token(session).encode()):
        raise Problem("forbidden", Said("The form is from another page or session."))
    request.state.grant = grant
    language = language_for(request)
    return Form(fields, grant, Asking(request, language), language)


async def form_of(form: Annotated[Form, Depends(own_form)]) -> Form:
    """The same of somebody who may record."""
    if not form.grant.allows("record"):
        raise Problem(
            "forbidden",
            Said("This needs a key with the scope `{scope}`.", scope="record"),
        )
    return form
