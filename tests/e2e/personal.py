"""A ledger full of personal text, and where to look for it."""

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx2

from tests.e2e.asking import event

Json = dict[str, Any]
HANAKO: Final = "Hanako Marker-Yamada"
NAME_JA: Final = "標識花子"
EMAIL: Final = "marker.hanako@example.org"
PHONE: Final = "+81-3-5550-9911"
NOTE: Final = "her mother in Marker-Osaka is ill"
THANKS: Final = "Marker-Kyoto was kind"
INES: Final = "Ines Marker-Okafor"
INES_AGAIN: Final = "Ines Marker-Lindqvist"
TARO: Final = "Taro Marker-Suzuki"
TARO_NOTE: Final = "Marker-Taro felt unwell"
LONG: Final = "Marker-long 長い文 " * 240
OURS: Final = (TARO, TARO_NOTE)
THEIRS: Final = (HANAKO, NAME_JA, EMAIL, PHONE, NOTE, THANKS)
PERSON: Final = (INES, INES_AGAIN)
EVERY: Final = (*OURS, *THEIRS, *PERSON, LONG)


def story() -> list[Json]:
    """Every type that can hold personal text, and what these lean on."""
    return [
        event("PersonAdded", "_ledger", person="taro", side="us", name=TARO),
        event("PartnerIdentified", "acme", name="Acme"),
        event(
            "PersonAdded",
            "acme",
            person="hanako",
            side="partner",
            name=HANAKO,
            email=EMAIL,
            phone=PHONE,
        ),
        event(
            "ContactMade",
            "acme",
            by="us",
            channel="phone",
            persons=["hanako", "taro"],
            note=NOTE,
        ),
        event("ContactMade", "acme", by="us", channel="phone", note=LONG),
        event("HelpDelivered", "acme", by="us", kind="goods", delivery="d1"),
        event(
            "DeliveryAcknowledged",
            "acme",
            delivery="d1",
            persons=["hanako"],
            note=THANKS,
        ),
        event(
            "PartnerIdentified", "ines", name=INES, kind="person", names={"ja": NAME_JA}
        ),
        event("PartnerRenamed", "ines", name=INES_AGAIN),
        event(
            "ContactMade",
            "ines",
            by="partner",
            channel="in_person",
            persons=["taro"],
            note=TARO_NOTE,
        ),
    ]


def tell(client: httpx2.Client) -> list[Json]:
    """Record the story; the recorded events."""
    answer = client.post("/v1/events", json=story())
    assert answer.status_code == 201, answer.text
    recorded: list[Json] = answer.json()["items"]
    return recorded


def forms(text: str) -> Iterator[bytes]:
    """How a text may stand in a file."""
    yield text.encode()
    yield text.encode("utf-16-le")
    yield base64.b64encode(text.encode())[2:-4]
    yield text.encode("unicode_escape")


def found_in(folder: Path, texts: tuple[str, ...]) -> Mapping[str, list[str]]:
    """Which files below a folder hold which of some texts, in any form."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            held = [t for t in texts if any(form in content for form in forms(t))]
            if held:
                found[str(file.relative_to(folder))] = held
    return found
