"""Pages of one answer: a cursor freezes both clocks and holds the last place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from fastapi import Request, Response

from contracts.canonical import Json
from contracts.occurrence import format_instant, parse_instant
from services.foundation.answers import not_a_cursor, respond_list
from services.projections.answers.question import Question

CUT: Final[Mapping[str, type]] = {"as_of": str, "top": int}
"""What a cursor holds beside its place: the next page is of the same question."""


def frozen(question: Question, page: Mapping[str, Any] | None) -> Question:
    """The question that the first page answered."""
    if page is None:
        return question
    try:
        as_of = parse_instant(page["as_of"])
    except ValueError:
        raise not_a_cursor() from None
    return replace(question.at_most(page["top"]), as_of=as_of)


def cut_of(question: Question) -> dict[str, Json]:
    """What a cursor keeps of the question that it goes on with."""
    return {"as_of": format_instant(question.as_of), "top": question.position}


def respond_page(
    request: Request,
    question: Question,
    found: Sequence[Mapping[str, Json]],
    limit: int,
    place: Sequence[str],
    beside: Mapping[str, Json] | None = None,
) -> Response:
    """The first `limit` of what was found, with a link if there is more.

    `place` names the members that tell where an item stands, `beside` is what the
    answer says beside its items.
    """
    more = None
    if len(found) > limit:
        last = found[limit - 1]
        more = {**cut_of(question), **{name: last[name] or "" for name in place}}
    body = {**question.clocks, **(beside or {}), "items": list(found[:limit])}
    return respond_list(request, question.answer(body), more)
