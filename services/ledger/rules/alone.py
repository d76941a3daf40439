"""What can be seen to be wrong from the request alone."""

from contracts.events import (
    LEDGER_STREAM,
    EventData,
    PartnerIdentified,
    PartnerMerged,
    PersonAdded,
)


def fault_alone(stream: str, data: EventData) -> tuple[str, str] | None:
    """Where and why a fact cannot be on this stream, whatever is recorded there."""
    ours = stream == LEDGER_STREAM
    if data.stream != "any" and (data.stream == "ledger") != ours:
        where = "only" if data.stream == "ledger" else "never"
        return "/partner", f"this type is recorded {where} on {LEDGER_STREAM}"
    match data:
        case PersonAdded(side=side) if (side == "us") != ours:
            where = "only" if side == "us" else "never"
            return "/data/side", f"people of this side are {where} on {LEDGER_STREAM}"
        case PartnerMerged(into=into) if into == stream:
            return "/data/into", "is the partner itself"
        case PartnerIdentified(introduced_by=other) if other == stream:
            return "/data/introduced_by", "is the partner itself"
    return None
