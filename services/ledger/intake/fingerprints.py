"""What a key stands for: a digest of what was sent, without what is personal."""

from collections.abc import Mapping
from typing import Final

from contracts.canonical import Json, digest
from contracts.events import (
    EventCorrected,
    EventData,
    PartnerIdentified,
    PartnerRenamed,
)
from services.ledger.store.recordings import Fingerprint

NO_FIELDS: Final = frozenset[str]()
NAMES: Final = frozenset(("name", "names"))
PERSONAL: Final = frozenset(
    {"names"}.union(*(model.personal for model in EventData.catalogue.values()))
)


def fingerprint(content: Json) -> Fingerprint:
    """The digests of an event, or of a list of them, for either kind of partner."""
    of_all = digest(_without_personal_data(content, NO_FIELDS))
    items = content if isinstance(content, list) else [content]
    if not any(map(_renames, items)):
        return Fingerprint(of_all, of_all)
    return Fingerprint(of_all, digest(_without_personal_data(content, NAMES)))


def _renames(item: Json) -> bool:
    """Whether an item names a partner of whom it is not seen here if it is a person."""
    if not isinstance(item, dict) or not isinstance(item.get("data"), dict):
        return False
    is_correction = item.get("type") == EventCorrected.__name__
    return item.get("type") == PartnerRenamed.__name__ or (
        is_correction and _is_rename(item["data"].get("data"))
    )


def _is_rename(corrected: Json) -> bool:
    """The target's type is not known here, but a rename has names and nothing else."""
    return isinstance(corrected, dict) and corrected.keys() <= NAMES


def _without_personal_data(content: Json, of_renamed: frozenset[str]) -> Json:
    if isinstance(content, list):
        return [_without_personal_data(item, of_renamed) for item in content]
    if not isinstance(content, dict) or not isinstance(content.get("data"), dict):
        return content
    hidden = of_renamed if _renames(content) else NO_FIELDS
    model = EventData.catalogue.get(str(content.get("type")))
    return content | {"data": _public(model, content["data"], hidden)}


def _public(
    model: type[EventData] | None, data: Mapping[str, Json], hidden: frozenset[str]
) -> Json:
    if model is EventCorrected and isinstance(data.get("data"), dict):
        return {**data, "data": _public_of_corrected(data["data"], hidden)}
    personal = hidden.union(model.personal if model else ())
    if model is PartnerIdentified and data.get("kind") == "person":
        personal = NAMES
    return {name: value for name, value in data.items() if name not in personal}


def _public_of_corrected(data: Mapping[str, Json], hidden: frozenset[str]) -> Json:
    """The target's type is not known here, but a person's data shows what it is."""
    of_a_person = "side" in data or data.get("kind") == "person"
    personal = PERSONAL if of_a_person else (PERSONAL - NAMES) | hidden
    return {name: value for name, value in data.items() if name not in personal}
