"""Problem answers (RFC 9457) and how failures become them."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg_pool import PoolClosed, PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from contracts.canonical import Json, canonical
from contracts.saying import Said
from services.foundation.faults import parameter_faults
from services.foundation.languages import say
from services.foundation.routing import methods_of

log = structlog.get_logger(__name__)
MEDIA_TYPE: Final = "application/problem+json"
ERRORS_TOLD: Final = 10
"""An answer stays small, however much of a request is wrong."""


class Kind(NamedTuple):
    """What a code stands for: its status, and its title in English and Japanese."""

    status: int
    en: str
    ja: str


KINDS: Final[Mapping[str, Kind]] = {
    "invalid": Kind(422, "The request is not valid", "リクエストが正しくありません"),
    "unauthorized": Kind(401, "A valid key is needed", "有効なキーが必要です"),
    "forbidden": Kind(
        403, "The key does not allow this", "このキーでは許可されていません"
    ),
    "not-found": Kind(404, "There is nothing here", "見つかりません"),
    "method-not-allowed": Kind(
        405, "The method is not allowed here", "このメソッドは使えません"
    ),
    "not-acceptable": Kind(
        406, "No such format of the answer", "指定の形式では返せません"
    ),
    "conflict": Kind(
        409, "It conflicts with what is recorded", "記録済みの内容と矛盾します"
    ),
    "version-mismatch": Kind(
        412, "The partner's record has moved on", "相手先の記録が更新されています"
    ),
    "too-large": Kind(413, "The request is too large", "リクエストが大きすぎます"),
    "unsupported-media-type": Kind(
        415, "The media type is not supported", "対応していないメディアタイプです"
    ),
    "idempotency-mismatch": Kind(
        422,
        "The key or source was used with other content",
        "キーまたは出典が別の内容で使われています",
    ),
    "too-many": Kind(429, "Too many requests", "リクエストが多すぎます"),
    "not-yet": Kind(
        503, "The answer is not up to date yet", "まだ最新の状態に達していません"
    ),
    "outcome-unknown": Kind(
        503,
        "Whether it was recorded is not known: ask again with the same key",
        "記録できたか不明です。同じキーで再送してください",
    ),
    "unavailable": Kind(
        503, "The service cannot answer now", "現在サービスを利用できません"
    ),
    "internal": Kind(500, "Something failed on our side", "内部エラーが発生しました"),
}
BY_STATUS: Final = {
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
}


class Problem(Exception):
    """An answer that says what is wrong; it never repeats what was sent."""

    def __init__(
        self,
        code: str,
        detail: Said,
        *,
        errors: Iterable[tuple[str, Said]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Json,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.more = more

    @property
    def status(self) -> int:
        """The HTTP status of the code."""
        return KINDS[self.code].status

    def body(self, language: str = "en") -> dict[str, Json]:
        """The members of the answer, its sentences in a language."""
        kind = KINDS[self.code]
        told = self.errors[:ERRORS_TOLD]
        errors = [{"pointer": at, "reason": say(why, language)} for at, why in told]
        return {
            "type": f"/problems/{self.code}",
            "code": self.code,
            "status": kind.status,
            "title": kind.ja if language == "ja" else kind.en,
            "detail": say(self.detail, language),
            "errors": errors,
            **self.more,
        }


def language_of(request: Request) -> str:
    """The language that the client likes best of those that there are."""
    wanted = request.headers.get("accept-language", "").lower()
    ranked = [_ranked(part) for part in wanted.split(",") if part.strip()]
    ranked.sort(key=lambda choice: -choice[0])  # equals keep the client's order
    known = [tag[:2] for weight, tag in ranked if weight and tag[:2] in {"en", "ja"}]
    return known[0] if known else "en"


def _ranked(part: str) -> tuple[float, str]:
    tag, _, parameter = (piece.strip() for piece in part.partition(";"))
    name, _, weight = (piece.strip() for piece in parameter.partition("="))
    try:
        return float(weight) if name == "q" else 1.0, tag
    except ValueError:
        return 0.0, tag


def respond(request: Request, problem: Problem) -> Response:
    """The HTTP answer of a problem; a page where pages are and one is wanted."""
    page = getattr(request.app.state, "problem_page", None)
    if page is not None and is_for_people(request):
        shown: Response = page(request, problem)
        return shown
    language = language_of(request)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return Response(
        canonical(problem.body(language)),
        problem.status,
        headers | problem.headers,
        MEDIA_TYPE,
    )


def is_for_people(request: Request) -> bool:
    """Whether a browser asks for a page, and not a program for data."""
    is_page = not request.url.path.startswith("/v1/")
    return is_page and "text/html" in request.headers.get("accept", "")


def install(app: FastAPI) -> None:
    """Turn every failure of an app into a problem answer."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_parameters)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(ClientDisconnect, _on_left)
    for lost in (OperationalError, PoolTimeout, PoolClosed):
        app.add_exception_handler(lost, _on_database)
    app.add_exception_handler(Exception, _on_failure)


def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 (registered for it)
    return respond(request, error)


def _on_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    detail = Said("A parameter is not valid; see errors.")
    errors = parameter_faults(error.errors())
    return respond(request, Problem("invalid", detail, errors=errors))


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = BY_STATUS.get(error.status_code, "invalid")
    problem = Problem(code, Said("See the documentation of this path."))
    problem.headers.update(error.headers or {})
    if code == "method-not-allowed":
        problem.headers["Allow"] = ", ".join(methods_of(request))
    return respond(request, problem)


def _on_left(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Who stopped sending, or sent too slowly; nothing was done."""
    problem = Problem("invalid", Said("The body did not come, or not in time."))
    problem.headers["Connection"] = "close"
    return respond(request, problem)


def _on_database(request: Request, error: Exception) -> Response:
    log.warning("database_unavailable", error=type(error).__name__)
    detail = Said(
        "The database does not answer; nothing was changed. Try again shortly."
    )
    return respond(
        request, Problem("unavailable", detail, headers={"Retry-After": "1"})
    )


def _on_failure(request: Request, error: Exception) -> Response:
    log.error("unexpected_failure", exc_info=error)
    return respond(
        request, Problem("internal", Said("It was logged; please report it."))
    )
