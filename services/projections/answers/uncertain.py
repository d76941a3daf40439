"""How many events of a list may have happened after `as_of`."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import Depends
from psycopg import Connection

from contracts.canonical import Json
from services.foundation.database import statement
from services.projections.answers.question import Question, asks
from services.projections.answers.streams import Streams, streams_for

HERE: Final = "services.projections.answers"
# Imprecise dates are kept with the books, and so is who is known, or merged.
Weighed = Annotated[Question, Depends(asks("postings", past=False))]


def uncertain_beside(
    connection: Connection[Any],
    question: Question,
    weighed: Question,
    partner: str | None = None,
) -> dict[str, Json]:
    """What a list of one partner, or of all, says beside its items; 404 if unknown."""
    cut = replace(weighed, as_of=question.as_of).at_most(question.position)
    streams = None if partner is None else streams_for(connection, cut, partner)
    return {"uncertain": count_uncertain(connection, cut, streams)}


def count_uncertain(
    connection: Connection[Any], question: Question, streams: Streams | None = None
) -> int:
    """How many included events may lie after `as_of`: of some streams, or of all."""
    name = "uncertain_all" if streams is None else "uncertain"
    named = {} if streams is None else streams.parameters
    parameters = question.parameters(**named)
    row = connection.execute(statement(HERE, name), parameters).fetchone()
    return 0 if row is None else int(row[0])
