"""The parts of vCard and iCalendar files, line by line, whatever their size.

Only properties that are asked for are kept, so that a photograph or an attachment of
any length costs nothing; one that is asked for and too long is a fault of its part.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

LONGEST: Final = 64 * 1024
MOST_LINES: Final = 2_000
DEEPEST: Final = 8
_HEAD: Final = 256


@dataclass(frozen=True, slots=True)
class Line:
    """An unfolded line, and the number of its first physical one."""

    number: int
    content: bytes
    too_long: bool = False

    @property
    def name(self) -> str:
        """The name of the property, without its group."""
        head = self.content[:_HEAD].partition(b":")[0].partition(b";")[0]
        return head.rpartition(b".")[2].decode("ascii", "replace").strip().upper()

    @property
    def value(self) -> str:
        """What follows the first colon, for words such as those after BEGIN."""
        return self.content.partition(b":")[2].decode("ascii", "replace").strip()


@dataclass(slots=True)
class Part:
    """What stands between a BEGIN and its END, without the parts inside it."""

    name: str
    number: int
    within: str = ""
    lines: list[Line] = field(default_factory=list)
    fault: str = ""


def lines(file: BinaryIO) -> Iterator[Line]:
    """Every logical line, unfolded (also quoted-printable), empty ones left out."""
    held: Line | None = None
    for line in _physical(file):
        if held is not None and _continues(held, line):
            held = _joined(held, line)
            continue
        if held is not None and held.content.strip():
            yield held
        held = line
    if held is not None and held.content.strip():
        yield held


def parts(file: BinaryIO, wanted: Iterable[str]) -> Iterator[Part]:
    """Every part as it ends, the inner before the outer, with the wanted properties."""
    names = frozenset(wanted)
    open_parts: list[Part] = []
    for line in lines(file):
        if line.name == "BEGIN":
            yield from _begun(open_parts, line)
        elif line.name == "END":
            yield from _ended(open_parts, line)
        elif open_parts and line.name in names:
            _keep(open_parts[-1], line)
    yield from _left_open(open_parts)


def _physical(file: BinaryIO) -> Iterator[Line]:
    number = 0
    while piece := file.readline(LONGEST):
        number += 1
        too_long = not piece.endswith(b"\n") and len(piece) == LONGEST
        rest = piece
        while len(rest) == LONGEST and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST)
        content = piece.removeprefix(b"\xef\xbb\xbf") if number == 1 else piece
        yield Line(number, content.rstrip(b"\r\n"), too_long)


def _continues(held: Line, line: Line) -> bool:
    return line.content[:1] in {b" ", b"\t"} or _is_soft_break(held)


def _is_soft_break(line: Line) -> bool:
    """A quoted-printable value of vCard 2.1 that goes on in the next line."""
    head = line.content[:_HEAD].partition(b":")[0].upper()
    quoted = b"QUOTED-PRINTABLE" in head
    return quoted and line.content.endswith(b"=") and not line.too_long


def _joined(held: Line, line: Line) -> Line:
    if held.too_long:
        return held
    if _is_soft_break(held):
        content = held.content[:-1] + line.content.lstrip(b" \t")
    else:
        content = held.content + line.content[1:]
    too_long = line.too_long or len(content) > LONGEST
    return Line(held.number, content[:LONGEST], too_long)


def _keep(part: Part, line: Line) -> None:
    if line.too_long:
        part.fault = part.fault or f"line {line.number} is longer than {LONGEST} bytes"
    elif len(part.lines) == MOST_LINES:
        part.fault = part.fault or f"has more than {MOST_LINES} lines"
    else:
        part.lines.append(line)


def _begun(open_parts: list[Part], line: Line) -> Iterator[Part]:
    """Open a part; one of the same name that is still open has lost its end."""
    name = line.value.upper()
    while name in {part.name for part in open_parts}:
        yield from _left_open([open_parts.pop()])
    if len(open_parts) < DEEPEST:
        within = open_parts[-1].name if open_parts else ""
        open_parts.append(Part(name, line.number, within))


def _ended(open_parts: list[Part], line: Line) -> Iterator[Part]:
    """The part that ends; those inside it that never did are at fault."""
    names = [part.name for part in open_parts]
    if line.value.upper() not in names:
        return
    while open_parts:
        part = open_parts.pop()
        if part.name == line.value.upper():
            yield part
            return
        yield from _left_open([part])


def _left_open(open_parts: list[Part]) -> Iterator[Part]:
    for part in reversed(open_parts):
        part.fault = part.fault or f"its BEGIN:{part.name} has no END"
        yield part
