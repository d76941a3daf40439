"""Requests that are wrong in one or two ways, drawn from a seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from fastapi.dependencies.utils import get_flat_params
from fastapi.params import ParamTypes
from fastapi.routing import iter_route_contexts

from services.cli.running import one_port
from tests.e2e import malformed_values as bad
from tests.e2e.bad_values import MARKER

PLACES: Final = ("acme", MARKER, "01890a5d-ac96-774b-bcce-b302099a8057")
RECORDING: Final = "POST"
MOST_FLAWS: Final = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A path that the application serves, with a method and its query parameters."""

    method: str
    path: str
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """A request before it becomes bytes."""

    place: Place
    method: bytes
    target: str
    version: bytes = b"HTTP/1.1"
    query: list[str] = field(default_factory=list)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    framed: bool = False
    whole: bool = True

    def content(self) -> bytes:
        """The request as it is sent."""
        target = self.target + ("?" + "&".join(self.query) if self.query else "")
        line = b" ".join((self.method, target.encode("utf-8", "replace"), self.version))
        headers = list(self.headers)
        if self.body and not self.framed:
            headers.append((b"Content-Length", str(len(self.body)).encode()))
        lines = [line, *(name + b": " + value for name, value in headers)]
        return b"\r\n".join((*lines, b"", self.body))


Flaw = Callable[[random.Random, Draft], None]


def places() -> list[Place]:
    """Every path and method of the application, the pages too."""
    found = []
    for route in iter_route_contexts(one_port().routes):
        names = tuple(p.alias for p in _query_of(route))
        found += [
            Place(method, route.path or "/", names)
            for method in sorted(route.methods or ())
        ]
    return found


def _query_of(route: Any) -> list[Any]:
    dependant = getattr(route, "dependant", None)
    fields = [] if dependant is None else get_flat_params(dependant)
    return [f for f in fields if getattr(f.field_info, "in_", None) == ParamTypes.query]


class Malformed(NamedTuple):
    """A request to be sent, and whether a server may wait for more of it."""

    place: Place
    content: bytes
    whole: bool


def requests(seed: int, count: int, key: str) -> Iterator[Malformed]:
    """So many malformed requests, spread evenly over the places."""
    chance = random.Random(seed)  # noqa: S311 (the same requests every time)
    everywhere = places()
    for number in range(count):
        place = everywhere[number % len(everywhere)]
        yield _request(chance, place, key)


def _request(chance: random.Random, place: Place, key: str) -> Malformed:
    if chance.random() < 0.02:
        return Malformed(place, chance.choice(bad.NOISE), whole=False)
    draft = _draft(chance, place, key)
    for _ in range(chance.randint(1, MOST_FLAWS)):
        chance.choice(FLAWS)(chance, draft)
    content = draft.content()
    if chance.random() < 0.03:  # pipelined: what follows must not profit
        content += _draft(chance, place, key).content()
    if chance.random() < 0.02:
        content = content.replace(b"\r\n", b"\n")
    return Malformed(place, content, draft.whole)


def _draft(chance: random.Random, place: Place, key: str) -> Draft:
    """What would be a good request, but for its names and its body."""
    steps = place.path.split("/")
    named = [chance.choice(PLACES) if s.startswith("{") else s for s in steps]
    draft = Draft(place, place.method.encode(), "/".join(named))
    draft.headers.append((b"Host", b"ledger.example"))
    draft.headers.append((b"Connection", b"close"))
    if chance.random() < 0.9:
        draft.headers.append((b"Authorization", b"Bearer " + key.encode()))
    if chance.random() < 0.5:
        draft.headers.append((b"Accept-Language", b"ja"))
    if place.method == RECORDING:
        _body(chance, draft)
    return draft


def _body(chance: random.Random, draft: Draft) -> None:
    draft.body = chance.choice(bad.BODIES)
    draft.headers.append((b"Content-Type", chance.choice(bad.KINDS)))


def _method(chance: random.Random, draft: Draft) -> None:
    draft.method = chance.choice(bad.METHODS)


def _version(chance: random.Random, draft: Draft) -> None:
    draft.version = chance.choice(bad.VERSIONS)


def _segment(chance: random.Random, draft: Draft) -> None:
    steps = draft.target.split("/")
    steps[chance.randrange(1, len(steps) + 1) - 1] = chance.choice(bad.SEGMENTS)
    draft.target = "/".join(steps)


def _target(chance: random.Random, draft: Draft) -> None:
    draft.target = chance.choice(bad.WHOLE_TARGETS)


def _parameter(chance: random.Random, draft: Draft) -> None:
    """A parameter of the path or another, with a value of no kind, once or often."""
    known = draft.place.names or ("limit", "cursor", "as_of", "known_at")
    name = chance.choice((*known, *known, chance.choice(bad.QUERY_NAMES)))
    pair = f"{name}={chance.choice(bad.QUERY_VALUES)}"
    draft.query += [pair] * chance.choice((1, 1, 1, 2, 300))


def _header(chance: random.Random, draft: Draft) -> None:
    pair = (chance.choice(bad.HEADERS), chance.choice(bad.TEXTS))
    draft.headers += [pair] * chance.choice((1, 1, 1, 2, 150))


def _expectation(chance: random.Random, draft: Draft) -> None:
    draft.headers.append((b"Expect", chance.choice(bad.EXPECTED)))


def _doubled(chance: random.Random, draft: Draft) -> None:
    draft.headers.append(chance.choice(draft.headers))


def _length(chance: random.Random, draft: Draft) -> None:
    """A length that is not that of the body, or no number."""
    draft.framed, draft.whole = chance.random() < 0.5, False
    draft.headers.append((b"Content-Length", chance.choice(bad.LENGTHS)))


def _chunks(chance: random.Random, draft: Draft) -> None:
    draft.headers.append((b"Transfer-Encoding", chance.choice((b"chunked", b"gzip"))))
    draft.whole = False
    draft.body, draft.framed = chance.choice(bad.CHUNKS), chance.random() < 0.7


FLAWS: Final[tuple[Flaw, ...]] = (
    *(_method, _version, _segment, _target, _expectation, _doubled, _length, _chunks),
    *(_parameter, _parameter, _parameter, _header, _header, _header, _body),
)
