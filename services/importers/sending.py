"""Event lines to the ledger in batches, safely repeated when an answer is lost."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import httpx2
from pydantic import BaseModel, ValidationError

from services.importers.outcomes import EventLine

LINES: Final = 2_000
BYTES: Final = 6 * 1024 * 1024
TRIES: Final = 8
LONGEST_PAUSE: Final = 10.0
PASSING: Final = frozenset({"outcome-unknown", "unavailable", "too-many", "not-yet"})

Pause = Callable[[float], None]


class SendingFailed(RuntimeError):
    """The ledger does not take the events; running the import again is safe."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is sent, and the row that it comes from."""

    place: str
    type: str
    body: bytes


class Problem(BaseModel):
    """Why a line or a request was refused."""

    code: str = "unknown"
    title: str = ""
    detail: str | None = None

    @property
    def sentence(self) -> str:
        """The sentence that a person reads."""
        return self.detail or self.title or self.code


class LineProblem(BaseModel):
    """The problem of one line; lines count from 1."""

    line: int
    problem: Problem


class BatchAnswer(BaseModel):
    """What became of the lines of one batch."""

    recorded: int
    replayed: int
    refused: int
    problems: tuple[LineProblem, ...] = ()
    position: int | None = None


def entry(place: str, line: EventLine) -> Entry:
    """One line of NDJSON."""
    body = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
    return Entry(place, str(line["type"]), body + b"\n")


def chunks(
    entries: Iterable[Entry], *, lines: int = LINES, size: int = BYTES
) -> Iterator[list[Entry]]:
    """Entries in order, in batches that stay within both limits."""
    chunk: list[Entry] = []
    weight = 0
    for one in entries:
        if chunk and (len(chunk) == lines or weight + len(one.body) > size):
            yield chunk
            chunk, weight = [], 0
        chunk.append(one)
        weight += len(one.body)
    if chunk:
        yield chunk


def send(client: httpx2.Client, chunk: Sequence[Entry], pause: Pause) -> BatchAnswer:
    """Send a batch until its answer is known.

    Every line has a source, so that sending it once more records nothing twice.
    """
    body = b"".join(one.body for one in chunk)
    answer: BatchAnswer | str = ""
    for again in range(TRIES):
        answer = _once(client, body)
        if isinstance(answer, BatchAnswer):
            return _complete(answer, len(chunk))
        if again + 1 < TRIES:
            pause(min(0.1 * 2**again, LONGEST_PAUSE))
    raise SendingFailed(f"gave up after {TRIES} tries: {answer}")


def _once(client: httpx2.Client, body: bytes) -> BatchAnswer | str:
    """The answer, or why it is worth asking again."""
    try:
        response = client.post(
            "/v1/events/batch",
            params={"on_error": "skip"},
            content=body,
            headers={"Content-Type": "application/x-ndjson"},
        )
    except httpx2.TransportError as lost:
        return str(lost) or type(lost).__name__
    if response.is_success:
        return _batch_answer(response)
    problem = problem_of(response)
    if problem.code in PASSING:
        return problem.sentence
    raise SendingFailed(f"{response.status_code} {problem.code}: {problem.sentence}")


def _batch_answer(response: httpx2.Response) -> BatchAnswer:
    try:
        return BatchAnswer.model_validate_json(response.content)
    except ValidationError as wrong:
        raise SendingFailed(f"{response.url} answers, but is no ledger") from wrong


def problem_of(response: httpx2.Response) -> Problem:
    """What an answer says is wrong, also when a proxy in between wrote it."""
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        gateway = response.status_code in {429, 502, 503, 504}
        code = "unavailable" if gateway else "unknown"
        return Problem(code=code, title=response.reason_phrase)


def _complete(answer: BatchAnswer, lines: int) -> BatchAnswer:
    answered = answer.recorded + answer.replayed + answer.refused
    if answered != lines or answer.refused != len(answer.problems):
        raise SendingFailed(f"sent {lines} events, but {answered} were answered")
    return answer
