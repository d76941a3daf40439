"""Sentences for clients, which can be said in more than one language."""

from collections.abc import Mapping
from typing import Final, Self

from typing_extensions import override

NOTHING: Final[Mapping[str, object]] = {}


class Said(str):
    """An English sentence that still knows what it was made of.

    The template, a literal where the sentence is made, is its name in the catalogues of
    other languages; the values stand in it by name, and never hold what a client sent.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    @override
    def __new__(cls, template: str, /, **values: object) -> Self:
        """The sentence of a template such as `"At most {most} bytes."`."""
        english = template.format_map(values) if values else template
        return cls.named(template, english, values)

    @classmethod
    def named(
        cls, name: str, english: str, values: Mapping[str, object] = NOTHING
    ) -> Self:
        """A sentence made elsewhere, by the name that the catalogues have for it."""
        said = super().__new__(cls, english)
        said.template, said.values = name, values
        return said
