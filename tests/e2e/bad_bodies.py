"""Bodies that hold no event, most of them with the marker."""

import re
from collections.abc import Iterator

from tests.e2e.bad_values import MARKER


def deep(levels: int, opening: str, closing: str) -> str:
    """JSON text nested so deep around the marker."""
    return opening * levels + f'"{MARKER}"' + closing * levels


def faulty_texts() -> Iterator[str]:
    """Texts that are no JSON, or no event; `{valid}` in them is none either."""
    good = f'"type": "GoalAsked", "partner": "{MARKER}"'
    yield from ("null", "true", "5", f'"{MARKER}"', f'["{MARKER}"]', f'[["{MARKER}"]]')
    yield from (
        "{}",
        "[{}]",
        "[[]]",
        f'{{"{MARKER}": 1}}',
        "'x'",
        "{",
        "}",
        f"{MARKER}",
    )
    yield f'{{{good}, "data": {{"by": "us", "by": "us"}}}}'
    yield f'{{{good}, "partner": "{MARKER}", "data": {{"by": "us"}}}}'
    for value in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "01"):
        yield f'{{{good}, "data": {{"by": {value}}}}}'
        yield f'{{{good}, "{MARKER}": {value}}}'
    for text in ("{{{0}}} x", "{{{0}}}{{{0}}}", "{{{0},}}", "{{{0}", "// c {{{0}}}"):
        yield text.format(good)
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        yield deep(4_000, opening, closing)
        yield f'{{{good}, "data": {deep(4_000, opening, closing)}}}'
        yield f'{{{good}, "data": {{"by": {deep(900, opening, closing)}}}}}'
    yield "[" * 10_000 + "]" * 10_000
    yield "[" * 30_000
    yield f'{{{good}, "data": {{"by": "{MARKER}\x01"}}}}'


def faulty_bytes() -> Iterator[bytes]:
    """Bodies that are no UTF-8, or start with a mark, or hold nothing."""
    text = f'{{"type": "GoalAsked", "partner": "{MARKER}", "data": {{"by": "us"}}}}'
    yield from (b"", b" \n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf" + text.encode())
    yield from (text.encode("utf-16"), text.encode("utf-32"))
    yield text.encode().replace(b"zqx", b"\xff")
    yield text.encode().replace(b"zqx", b"\xed\xa0\x80")
    yield text.encode().replace(b"zqx", b"\xc0\x80")
    yield from (each.encode() for each in faulty_texts())


def short(text: str) -> str:
    """A text as a complaint shows it."""
    return re.sub(r"(.)\1{20,}", r"\1…", ascii(text))[:120]
