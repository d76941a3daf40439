"""Elements of an SVG, as text; what is told in them is escaped."""

from collections.abc import Iterable
from zlib import crc32

from markupsafe import Markup, escape


def element(_name: str, _inside: Iterable[str] = (), /, **attributes: object) -> str:
    """An element; `class_` is its class, `_` in a name stands for `-`."""
    told = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(_inside)
    return f"<{_name}{told}>{inside}</{_name}>" if inside else f"<{_name}{told}/>"


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(escape(value))


def label(x: float, y: float, words: str, anchor: str = "start", **more: object) -> str:
    """A text at a place."""
    inside = (str(escape(words)),)
    return element("text", inside, x=x, y=y, text_anchor=anchor, **more)


def hint(words: str) -> str:
    """What a pointer over an element is told."""
    return element("title", (str(escape(words)),))


def drawing(
    width: float, height: float, title: str, description: str, parts: Iterable[str]
) -> Markup:
    """A drawing that a screen reader reads as its title and description."""
    name = f"c{crc32(title.encode()):x}"
    told = (
        element("title", (str(escape(title)),), id=f"{name}t"),
        element("desc", (str(escape(description)),), id=f"{name}d"),
    )
    return Markup(  # noqa: S704 (every text in it is escaped)
        element(
            "svg",
            (*told, *parts),
            class_="chart",
            viewBox=f"0 0 {width:g} {height:g}",
            role="img",
            aria_labelledby=f"{name}t {name}d",
        )
    )
