"""Through which channel a meeting takes place, by what its entry says of the place."""

import re
from collections.abc import Iterable
from typing import Final

VIDEO: Final = re.compile(
    r"https?://|zoom|teams|google meet|webex|skype|whereby|jitsi|facetime"
    r"|\bvideo|\bonline\b|オンライン|ビデオ|ウェブ会議|web会議",
    re.IGNORECASE,
)
PHONE: Final = re.compile(
    r"^tel:|\bphone\b|\bcall\b|電話|^\+?[0-9][0-9 ()./-]{6,}$", re.IGNORECASE
)


def channel_of(places: Iterable[str], otherwise: str) -> str:
    """`video` or `phone` when a place says so, else in person; the default without."""
    texts = [place.strip() for place in places if place.strip()]
    if any(map(VIDEO.search, texts)):
        return "video"
    if any(map(PHONE.search, texts)):
        return "phone"
    return "in_person" if texts else otherwise
