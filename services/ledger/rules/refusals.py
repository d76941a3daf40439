"""Why something is not recorded; each docstring is the sentence that a client reads."""

from collections.abc import Iterable

from typing_extensions import override

from contracts.saying import Said


class Refusal(Exception):
    """The request conflicts with what is recorded."""

    def __init__(self, pointer: str = "", dependents: Iterable[str] = ()) -> None:
        super().__init__(pointer)
        self.pointer = pointer
        self.dependents = tuple(dependents)

    @property
    def sentence(self) -> Said:
        """What the client reads."""
        return Said((type(self).__doc__ or "").split("\n")[0])


class UnknownPartner(Refusal):
    """No such partner yet: record PartnerIdentified first."""


class AlreadyIdentified(Refusal):
    """The partner is identified already."""


class PartnerIsMerged(Refusal):
    """The partner was merged: record on the one that stays."""

    def __init__(self, survivor: str, pointer: str = "/partner") -> None:
        super().__init__(pointer)
        self.survivor = survivor

    @property
    @override
    def sentence(self) -> Said:
        """What the client reads; it names the survivor."""
        return Said(
            "The partner was merged: record on the one that stays: {survivor}",
            survivor=self.survivor,
        )


class NotNew(Refusal):
    """The partner already has a thing of this kind with this id."""


class NotKnown(Refusal):
    """Names something that is not recorded."""


class UnknownCausation(Refusal):
    """The causation is not an event of this ledger."""


class OfferNotOpen(Refusal):
    """The offer is no longer open."""


class PromiseClosed(Refusal):
    """The offer or commitment is closed."""


class OtherSide(Refusal):
    """The promise was made by the other side."""


class OtherUnit(Refusal):
    """The unit is not that of what is named."""


class NothingAwaits(Refusal):
    """Nothing of the delivery awaits this."""


class MoreThanAwaits(Refusal):
    """The amount is more than awaits."""


class NothingDisputed(Refusal):
    """Nothing of the delivery is in dispute."""


class BelowDelivered(Refusal):
    """The commitment would fall below zero or below what was delivered."""


class OwnPrinciple(Refusal):
    """A principle is acknowledged by the side that did not state it."""


class NotProposed(Refusal):
    """The alliance is neither proposed nor deferred."""


class AgreedBefore(Refusal):
    """The alliance was agreed, declined or ended before."""


class NotAgreed(Refusal):
    """The alliance is not agreed."""


class DoneBefore(Refusal):
    """This was recorded before and happens only once."""


class PersonErased(Refusal):
    """The personal data of this person was erased: nothing new may be recorded."""


class TargetNotFound(Refusal):
    """The target is not an event in force of this partner."""


class NotCorrectable(Refusal):
    """This event cannot be corrected: retract it and record anew."""


class NotRetractable(Refusal):
    """An erasure cannot be retracted or corrected."""


class DataNotOfType(Refusal):
    """The corrected data is not valid for the type of the target."""


class NamedByOthers(Refusal):
    """Others name this: its id, side and unit cannot change."""


class BreaksLaterEvents(Refusal):
    """Later events depend on this."""


class SourceTaken(Refusal):
    """The source of the event was recorded anew meanwhile."""
