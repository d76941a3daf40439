"""What is logged of a failure says where and of what kind, and repeats no data."""

import json
import subprocess
import sys
from typing import Final

import psycopg
import pytest

from services.foundation.failures import kind_of, trace_of

MARKER: Final = "Yamada Hanako"
FAILING: Final = f"""
import asyncio, gc, logging, logging.config, structlog, uvicorn.config
from services.foundation import telemetry

logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)  # as uvicorn's command does
telemetry.write_logs()

def fail():
    try:
        raise ValueError("{MARKER}")
    except ValueError as error:
        raise ExceptionGroup("{MARKER}", [KeyError("{MARKER}")]) from error

async def forgotten():
    task = asyncio.ensure_future(asyncio.to_thread(fail))
    await asyncio.wait([task])
    del task
    gc.collect()

try:
    fail()
except ExceptionGroup as error:
    structlog.get_logger().exception("ours")
    structlog.get_logger().error("ours_too", exc_info=error)
    logging.getLogger("a.library").exception("theirs")
    logging.getLogger("uvicorn.error").exception("of the server")
asyncio.run(forgotten())
"""


def test_no_log_repeats_what_an_exception_says() -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", FAILING], capture_output=True, text=True, check=True
    )
    assert MARKER not in done.stdout + done.stderr
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(told) == 5
    for entry in told:
        kinds = [x for x in entry["exception"].splitlines() if x[0] != " "]
        assert kinds == ["ValueError", "KeyError", "ExceptionGroup"]
        assert "in fail\n" in entry["exception"]


def test_a_failure_of_the_database_is_told_with_its_code() -> None:
    error = psycopg.errors.UniqueViolation(MARKER)
    assert kind_of(error) == "UniqueViolation 23505"
    assert kind_of(ValueError(MARKER)) == "ValueError"


def test_exceptions_that_caused_each_other_are_told_once() -> None:
    first, second = ValueError(MARKER), KeyError(MARKER)
    first.__cause__, second.__cause__ = second, first
    assert trace_of(first) == "KeyError\nValueError\n"
    with pytest.raises(ValueError, match=MARKER) as raised:
        raise first
    assert trace_of(raised.value).count("ValueError\n") == 1
