"""How a partner stood, from facts that are at hand."""

from collections.abc import Sequence

from contracts.events.reading import Fact
from services.projections.answers.question import Question
from services.projections.answers.relationships import Judge, fold_at, setting_of
from services.projections.relationship.fold.standing import Sight, sight


def sight_of(
    facts: Sequence[Fact], question: Question, judge: Judge, partner: str
) -> Sight | None:
    """How a partner stood as its facts tell; None before the first of them."""
    told = fold_at(facts, question, judge, partner)
    if not told.facts:
        return None
    return sight(told, question.as_of, setting_of(question, judge, partner))
