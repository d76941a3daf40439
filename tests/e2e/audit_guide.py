"""The guide to the audit questions as tests read it: calls, and what they show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Final

GUIDE: Final = Path(__file__).parents[2] / "docs" / "guides" / "audit.md"

_SECTION: Final = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
_CALL: Final = re.compile(r'^ {4}get "([^"]+)"$', re.MULTILINE)
_SHOWN: Final = re.compile(r"^- ((?:`[^`]+`(?:, | and )?)+)", re.MULTILINE)
_PATH: Final = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Section:
    """One question: the calls that answer it, and the members that say so."""

    question: str
    calls: tuple[str, ...]
    members: tuple[str, ...]

    def paths(self, names: Mapping[str, str]) -> list[str]:
        """The calls with the shell variables of the guide filled in."""
        return [Template(call).substitute(names) for call in self.calls]


def read_guide() -> dict[int, Section]:
    """The sections of the guide by the number of their question."""
    _, *parts = _SECTION.split(GUIDE.read_text(encoding="utf-8"))
    return {
        int(number): _section(question, text)
        for number, question, text in zip(
            parts[::3], parts[1::3], parts[2::3], strict=True
        )
    }


def _section(question: str, text: str) -> Section:
    shown = " ".join(_SHOWN.findall(text))
    return Section(question, tuple(_CALL.findall(text)), tuple(_PATH.findall(shown)))


def has_member(body: Any, member: str) -> bool:
    """Whether an answer has a member such as `items[].effect.stages`, null or not."""
    values = [body]
    for name in member.split("."):
        found = [v[name.removesuffix("[]")] for v in values if _holds(v, name)]
        values = [e for v in found for e in v] if name.endswith("[]") else found
    return bool(values)


def _holds(value: Any, name: str) -> bool:
    return isinstance(value, dict) and name.removesuffix("[]") in value
