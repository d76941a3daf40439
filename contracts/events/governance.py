"""Facts about the record itself: retractions, corrections and the stage policy."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, NoReturn, Self

from pydantic import AfterValidator, Field, model_validator

from contracts.events.base import EventData, EventId, Text
from contracts.occurrence import DateText
from contracts.saying import Said

Count = Annotated[int, Field(ge=0, le=36_525)]
DEEPEST: Final = 8


def _refuse(reason: str) -> NoReturn:
    raise ValueError(reason)


def _could_be_data(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Data whose type is not known yet, but which has an RFC 8785 form to store."""
    _check_value(data, DEEPEST)
    return data


def _check_value(value: Any, room: int) -> None:
    match value:
        case bool() | int():
            return
        case str():
            _check_text(value)
        case list() | dict() if not room:
            _refuse(Said("is nested too deeply"))
        case list():
            for inner in value:
                _check_value(inner, room - 1)
        case dict():
            for name, inner in value.items():
                _check_text(name)
                _check_value(inner, room - 1)
        case _:
            _refuse(Said("holds null or a number with a fraction"))


def _check_text(text: str) -> None:
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        _refuse(Said("holds U+0000 or a lone surrogate"))


AnyData = Annotated[Mapping[str, Any], AfterValidator(_could_be_data)]


class EventRetracted(EventData):
    """A recorded fact was not so; retracting a retraction brings the fact back."""

    stream: ClassVar[Literal["partner", "ledger", "any"]] = "any"

    target: EventId
    reason: Text


class EventCorrected(EventData):
    """A recorded fact was otherwise: another date, or the whole data anew."""

    stream: ClassVar[Literal["partner", "ledger", "any"]] = "any"

    target: EventId
    occurred_at: DateText | None = None
    data: AnyData | None = None
    reason: Text

    @model_validator(mode="after")
    def _corrects_something(self) -> Self:
        if self.occurred_at is None and self.data is None:
            reason = Said("corrects neither occurred_at nor data")
            raise ValueError(reason)
        return self


class StagePolicyPublished(EventData):
    """How stages are judged from now on, over the whole history."""

    stream: ClassVar[Literal["partner", "ledger", "any"]] = "ledger"

    contact_days: Count | None = None
    contact_window_days: Count | None = None
    require_goal: bool | None = None
    require_acknowledgement: bool | None = None
    delivery_days: Count | None = None
    delivery_window_days: Count | None = None
    min_days: Count | None = None
    require_principles: bool | None = None
    compounding_days: Count | None = None
    cadence_target_days: Count | None = None
    cadence_max_days: Count | None = None
    dormant_days: Count | None = None
