"""How answers go out: JSON, NDJSON or CSV, opened, with entity tags and links."""

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from fastapi import Request, Response

from contracts.canonical import Json, parse_json
from contracts.saying import Said
from services.foundation.problems import Problem
from services.foundation.sealing import MARK, Opener, withhold

if TYPE_CHECKING:
    from services.foundation.access import Grant

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
TEXT: Final = "text/plain"
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encode(value: Json) -> bytes:
    """JSON as it goes out, members in the order given."""
    return _ENCODER.encode(value).encode()


def negotiate(request: Request, offered: Sequence[str]) -> str:
    """The offered media type that the client accepts best; 406 if none.

    For each kind the most precise pattern that covers it decides (RFC 9110, 12.5.1).
    """
    accepted = request.headers.get("accept", "*/*")
    if accepted == "*/*" or not accepted.strip():
        return offered[0]
    ranges = [_range(place, part) for place, part in enumerate(accepted.split(","))]
    best, chosen = (0.0, 0), None
    for kind in offered:
        covering = [r for r in ranges if _covers(r[3], kind)]
        if not covering:
            continue
        _, weight, place, _ = max(covering)
        if weight > 0 and (chosen is None or (weight, -place) > best):
            best, chosen = (weight, -place), kind
    if chosen is None:
        kinds = ", ".join(offered)
        told = Said("This path answers as {kinds}.", kinds=kinds)
        raise Problem("not-acceptable", told)
    return chosen


def _range(place: int, part: str) -> tuple[int, float, int, str]:
    pattern, *parameters = (piece.strip().lower() for piece in part.split(";"))
    return _precision(pattern), _weight(parameters), place, pattern


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _precision(pattern: str) -> int:
    return 0 if pattern == "*/*" else 1 if pattern.endswith("/*") else 2


def _covers(pattern: str, kind: str) -> bool:
    if pattern == "*/*":
        return True
    if pattern.endswith("/*"):
        return kind.startswith(pattern[:-1])
    return pattern == kind


@dataclass(frozen=True, slots=True)
class Answer:
    """A derived answer: the position it reflects, and what changes with the clock."""

    body: Mapping[str, Json]
    position: int
    headers: Mapping[str, str] = field(default_factory=dict)
    unstable: Sequence[str] = ()


def respond(request: Request, answer: Answer) -> Response:
    """An object as JSON, or 304 when the client has it already."""
    negotiate(request, (JSON,))
    answer, whole = _opened(request, answer)
    return _tagged(request, answer, whole, JSON)


def respond_list(
    request: Request, answer: Answer, next_cursor: Mapping[str, Json] | None = None
) -> Response:
    """A list as JSON, NDJSON or CSV, with a link to what follows."""
    kind = negotiate(request, (JSON, NDJSON, CSV))
    headers = dict(answer.headers)
    if next_cursor is not None:
        headers["Link"] = _next_link(request, next_cursor)
    answer, whole = _opened(request, answer)
    items = answer.body["items"]
    match kind:
        case "application/x-ndjson":
            content = b"".join(encode(item) + b"\n" for item in items)
        case "text/csv":
            content = _as_csv(items)
        case _:
            content = whole
    return _tagged(request, replace(answer, headers=headers), content, kind)


def _opened(request: Request, answer: Answer) -> tuple[Answer, bytes]:
    """The answer as it is shown, and as JSON: what is sealed in it opened."""
    sealed = encode(answer.body)
    shown = show(request, sealed)
    if shown is sealed:
        return answer, sealed
    return replace(answer, body=json.loads(shown)), shown


def show(request: Request, body: bytes) -> bytes:
    """A JSON text with what is sealed in it opened, for those who may read.

    Every answer that may hold sealed text leaves through here.
    """
    if MARK not in body:
        return body
    grant: Grant = request.state.grant
    opener: Opener = request.app.state.opener
    if not grant.allows("read"):
        return withhold(body)
    return opener.open_json(grant.ledger, body)


def respond_text(request: Request, text: str, position: int) -> Response:
    """A text as it is, or 304 when the client has it already."""
    negotiate(request, (TEXT,))
    return _tagged(request, Answer({"text": text}, position), text.encode(), TEXT)


def respond_exactly(request: Request, json_text: bytes, position: int) -> Response:
    """A JSON text as it is stored, or 304 when the client has it already."""
    negotiate(request, (JSON,))
    whole = Answer({"text": json_text.decode()}, position)
    return _tagged(request, whole, json_text, JSON)


def _tagged(request: Request, answer: Answer, content: bytes, kind: str) -> Response:
    stable = {k: v for k, v in answer.body.items() if k not in answer.unstable}
    digest = digest_of(kind.encode() + encode(stable))
    headers = {
        "ETag": f'"{digest}"',
        "Ledger-Position": str(answer.position),
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Authorization",
        **answer.headers,
    }
    if _has_already(request, digest):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kind)


def digest_of(content: bytes) -> str:
    """What an entity tag tells of a content."""
    return hashlib.sha256(content).hexdigest()[:32]


def _has_already(request: Request, digest: str) -> bool:
    tags = request.headers.get("if-none-match", "")
    known = {tag.strip().removeprefix("W/").strip('"') for tag in tags.split(",")}
    return digest in known or tags.strip() == "*"


def _next_link(request: Request, cursor: Mapping[str, Json]) -> str:
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    query = urlencode([*kept, ("cursor", pack_cursor(cursor))])
    return f'<{request.url.path}?{query}>; rel="next"'


def unpack_next(link: str, path: str) -> str:
    """The address of what follows a list, on another path with the same parameters."""
    query = link[1 : link.index(">")].partition("?")[2]
    return f"{path}?{query}"


def pack_cursor(cursor: Mapping[str, Json]) -> str:
    """A cursor as the client holds it: opaque."""
    return base64.urlsafe_b64encode(encode(cursor)).decode().rstrip("=")


def unpack_cursor(text: str | None, shape: Mapping[str, type]) -> dict[str, Any] | None:
    """A cursor that this path gave out earlier."""
    if text is None:
        return None
    try:
        cursor = parse_json(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        cursor = None
    if not isinstance(cursor, dict) or not _fits(cursor, shape):
        raise not_a_cursor()
    return cursor


def not_a_cursor() -> Problem:
    """The refusal of a cursor that no answer gave."""
    wrong = [("/query/cursor", Said("is not a cursor of this path"))]
    return Problem("invalid", Said("Follow the `Link` of an answer."), errors=wrong)


def _fits(cursor: Mapping[str, Any], shape: Mapping[str, type]) -> bool:
    if cursor.keys() != shape.keys():
        return False
    right = all(type(cursor[name]) is kind for name, kind in shape.items())
    texts = [value for value in cursor.values() if isinstance(value, str)]
    return right and not any(_UNSTORABLE.search(text) for text in texts)


def _as_csv(items: Sequence[Mapping[str, Json]]) -> bytes:
    flat = [dict(_flat(item)) for item in items]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue().encode()


def _flat(value: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, Json]]:
    for name, member in value.items():
        if isinstance(member, dict):
            yield from _flat(member, f"{prefix}{name}.")
        elif isinstance(member, list):
            yield prefix + name, _safe(_joined(member))
        else:
            yield prefix + name, _safe(member)


def _joined(members: Sequence[Json]) -> str:
    """Texts side by side; what is not a text stays readable as JSON."""
    if all(isinstance(member, str) for member in members):
        return " ".join(members)
    return _ENCODER.encode(members)


def _safe(cell: Json) -> Json:
    """A spreadsheet must not take a text for a formula."""
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        is_number = cell[1:2].isdigit() and cell[0] in "+-"
        return cell if is_number else "'" + cell
    return cell
