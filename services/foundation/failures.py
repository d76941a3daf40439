"""What is told of a failure: of what kind it is and where, never what it says.

The message of an exception may repeat what an event or a row holds, and what is logged
or stored in clear would outlive an erasure.
"""

import sys
import traceback
from collections.abc import Iterator
from typing import Any, Final

import psycopg
from structlog.types import EventDict, WrappedLogger

REPEATING: Final = "asyncio"
"""Its messages go on with what failed tasks were of, exceptions and all."""


def kind_of(error: BaseException) -> str:
    """The name of an exception's class; of the database's, its code as well."""
    name = type(error).__name__
    code = error.sqlstate if isinstance(error, psycopg.Error) else None
    return f"{name} {code}" if code else name


def trace_of(error: BaseException) -> str:
    """Where something failed, after what caused it."""
    return "".join(
        line
        for each in _with_causes(error, set())
        for line in (*traceback.format_tb(each.__traceback__), f"{kind_of(each)}\n")
    )


def _with_causes(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    if id(error) in seen:
        return
    seen.add(id(error))
    context = None if error.__suppress_context__ else error.__context__
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for each in (error.__cause__ or context, *inner):
        if each is not None:
            yield from _with_causes(each, seen)
    yield error


def without_messages(_log: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """A step of logging: the trace of an exception in place of the exception."""
    error = _error_of(entry.pop("exc_info", None))
    if error is not None:
        entry["exception"] = trace_of(error)
    record = entry.get("_record")
    if record is not None and record.name == REPEATING:
        entry["event"] = str(entry["event"]).partition("\n")[0]
    return entry


def _error_of(told: Any) -> BaseException | None:
    if told is True:
        told = sys.exc_info()
    found = told[1] if isinstance(told, tuple) else told
    return found if isinstance(found, BaseException) else None
