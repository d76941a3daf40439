"""What can be seen to be wrong from the request alone."""

from typing import Final

from contracts.events import (
    LEDGER_STREAM,
    EventData,
    PartnerIdentified,
    PartnerMerged,
    PersonAdded,
)
from contracts.saying import Said

ELSEWHERE: Final = Said("this type is recorded never on {ledger}", ledger=LEDGER_STREAM)
ONLY_THERE: Final = Said("this type is recorded only on {ledger}", ledger=LEDGER_STREAM)
THEIRS: Final = Said("people of this side are never on {ledger}", ledger=LEDGER_STREAM)
OURS: Final = Said("people of this side are only on {ledger}", ledger=LEDGER_STREAM)


def fault_alone(stream: str, data: EventData) -> tuple[str, Said] | None:
    """Where and why a fact cannot be on this stream, whatever is recorded there."""
    ours = stream == LEDGER_STREAM
    if data.stream != "any" and (data.stream == "ledger") != ours:
        return "/partner", ELSEWHERE if ours else ONLY_THERE
    match data:
        case PersonAdded(side=side) if (side == "us") != ours:
            return "/data/side", THEIRS if ours else OURS
        case PartnerMerged(into=into) if into == stream:
            return "/data/into", Said("is the partner itself")
        case PartnerIdentified(introduced_by=other) if other == stream:
            return "/data/introduced_by", Said("is the partner itself")
    return None
