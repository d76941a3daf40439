"""The sentences of problem answers in other languages than English."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.saying import Said

JAPANESE: Final[Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("japanese.toml").read_text(encoding="utf-8")
)
"""By the English templates of the sentences, and Pydantic's by their kind."""
PYDANTIC: Final = "pydantic: "
ANY_FAULT: Final = f"{PYDANTIC}anything else"


def say(said: Said, language: str) -> str:
    """A sentence in a language; one that is in no catalogue stays as it is."""
    if language != "ja":
        return said
    name = said.template
    otherwise = JAPANESE[ANY_FAULT] if name.startswith(PYDANTIC) else None
    words = JAPANESE.get(name, otherwise)
    return said if words is None else words.format_map(said.values)
