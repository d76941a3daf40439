"""How an event stands: in force or taken back, and how it reads after corrections."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.projections.pages.asking import Asking, Json, quoted
from services.projections.pages.finding import corrected

FINAL: Final = "PersonalDataErased"
"""What is neither corrected nor taken back."""
MOST_AT_ONCE: Final = 99
"""So many fit into one list beside the event that they stand on."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An event as recorded, whether it is in force, and how it reads now."""

    event: Json
    is_in_force: bool
    now: Json

    @property
    def may_be_retracted(self) -> bool:
        """Whether it can be taken back, as far as can be seen from it alone."""
        return self.is_in_force and self.event["type"] != FINAL

    @property
    def may_be_corrected(self) -> bool:
        """The same of a correction, which is itself taken back and made anew."""
        fixed = {"EventCorrected", "EventRetracted"}
        return self.may_be_retracted and self.event["type"] not in fixed


async def standing_of(asking: Asking, event_id: str) -> Standing:
    """How the event of an id stands."""
    event = await asking.get(f"/v1/events/{quoted(event_id)}")
    revisions = event["revised_by"]
    changes = [r for r in revisions if r["type"] == "EventCorrected"]
    is_in_force, *kept = await asyncio.gather(
        _is_in_force(asking, event),
        *(_stands(asking, change["id"]) for change in changes),
    )
    now = event
    for change, stands in zip(changes, kept, strict=True):
        now = corrected(now, change["data"]) if stands else now
    return Standing(event, is_in_force, now)


async def _stands(asking: Asking, event_id: str) -> bool:
    return await _is_in_force(
        asking, await asking.get(f"/v1/events/{quoted(event_id)}")
    )


async def _is_in_force(asking: Asking, event: Json) -> bool:
    """Whether no retraction in force takes it away: only the last one can be so."""
    stands = True
    while last := [r for r in event["revised_by"] if r["type"] == "EventRetracted"]:
        stands = not stands
        event = await asking.get(f"/v1/events/{quoted(last[-1]['id'])}")
    return stands


async def events_of(asking: Asking, ids: Sequence[str]) -> list[Json]:
    """The events of some ids, in order of position; no more than are shown at once."""
    found = await asyncio.gather(
        *(asking.get(f"/v1/events/{quoted(one)}") for one in ids[:MOST_AT_ONCE])
    )
    return sorted(found, key=lambda event: int(event["position"]))
