"""What the person can mend, told in one sentence."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from services.foundation.embedded_postgres import EmbeddedPostgresError
from services.foundation.migrations.runner import MigrationError
from services.foundation.settings import SettingsError

FOUND_WRONG: Final = 1
USAGE: Final = 2


class CommandError(Exception):
    """A command cannot go on; the message is a sentence for the person."""


@contextmanager
def explained() -> Iterator[None]:
    """Print the sentence of a known failure and leave with its exit code."""
    try:
        yield
    except SettingsError as wrong:
        _leave(str(wrong), USAGE)
    except (CommandError, EmbeddedPostgresError, MigrationError) as wrong:
        _leave(str(wrong), FOUND_WRONG)
    except psycopg.OperationalError as lost:
        _leave(f"The database does not answer: {lost}".strip(), FOUND_WRONG)


def _leave(sentence: str, code: int) -> None:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(code)
