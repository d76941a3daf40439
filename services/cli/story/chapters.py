"""The chapters of the story as they are written, one TOML file a partner.

A moment is what is recorded together. Each of its events is `{ Type = { its data } }`,
where `quantity = "2 hour"` stands for an amount and a unit, `today-3` for a date (see
`dates`) and `@moment` or `@moment.2` for the id of the first or second event of an
earlier moment of the chapter. What follows a contact in a moment arose from it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.events.base import StreamId
from services.cli.story.dates import RELATIVE

Named = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]
When = Annotated[str, StringConstraints(pattern=f"^{RELATIVE.pattern}$")]
Told = Annotated[Mapping[str, Mapping[str, Any]], Field(min_length=1, max_length=1)]


class Written(BaseModel):
    """A frozen part of a chapter; a word that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", regex_engine="python-re")


class Moment(Written):
    """What happened at one time and is recorded together.

    `late`: learned only after all the rest. `because`: the event that it arose from.
    """

    name: Named
    when: When
    late: bool = False
    because: str | None = None
    correlation: str | None = None
    events: tuple[Told, ...]


class Chapter(Written):
    """All moments with one partner, in the order in which they are told."""

    name: Named
    partner: StreamId
    moment: tuple[Moment, ...]


def chapters() -> Iterator[Chapter]:
    """Every chapter of the sample, by name."""
    folder = files(__package__) / "chapters"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        name, _, extension = file.name.rpartition(".")
        if extension == "toml":
            written = tomllib.loads(file.read_text("utf-8"))
            yield Chapter.model_validate({"name": name, **written})
