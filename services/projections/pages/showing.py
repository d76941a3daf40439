"""Templates, and everything that they can use."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.foundation.access.sessions import COOKIE
from services.foundation.answers import digest_of
from services.projections.pages import charts
from services.projections.pages.files import address_of, compressed
from services.projections.pages.words import Words, catalogue

if TYPE_CHECKING:
    from services.foundation.access import Grant, Pepper

FOLDER: Final = Path(__file__).parent / "templates"
HTML: Final = "text/html"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@cache
def environment(language: str) -> Environment:
    """The templates in a language."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"chart": charts, "address_of": address_of}
    made.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return made


class Told(dict[str, Any]):
    """What a fact says; what it does not say is None."""

    def __missing__(self, key: str) -> None:
        return None


def show(
    request: Request, template: str, words: Words, status: int = 200, **told: Any
) -> Response:
    """A page, which nobody may keep but the browser that asked."""
    pepper: Pepper = request.app.state.pepper
    session = request.cookies.get(COOKIE)
    grant: Grant | None = getattr(request.state, "grant", None)
    text = (
        environment(words.language)
        .get_template(template)
        .render(
            words=words,
            language=words.language,
            path=request.url.path,
            here=_here(request),
            query=dict(request.query_params),
            form_token=pepper.form_token(session) if session else "",
            who=grant,
            reflects=getattr(request.state, "reflects", None),
            may_record=grant is not None and grant.allows("record"),
            **({"again": None} | told),
        )
    )
    return _sent(request, text, status)


def _here(request: Request) -> str:
    """Where a form that changes how the page is shown leads back to."""
    if request.method != "GET" or request.url.path == "/login":
        return "/"
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _sent(request: Request, text: str, status: int) -> Response:
    tag = f'"{digest_of(text.encode())}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie, Accept-Language, Accept-Encoding",
        "Content-Security-Policy": POLICY,
    }
    if status == 200 and request.headers.get("if-none-match") == tag:  # noqa: PLR2004
        return Response(status_code=304, headers=headers)
    return Response(compressed(request, text, headers), status, headers, HTML)
