"""What is read of a message: who wrote it to whom, when, and whether to many."""

import email.utils
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Parsed
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Final

from services.importers.desk import digest
from services.importers.mail.mailbox import Headers
from services.importers.refusals import RowRefused

RECIPIENTS: Final = ("To", "Cc", "Bcc", "Delivered-To", "X-Original-To", "Envelope-To")
UNSENT: Final = frozenset({"Spam", "Drafts", "Trash", "迷惑メール", "下書き", "ゴミ箱"})
CHARSETS: Final = {
    # Mail software writes half-width kana and Windows' characters under these names.
    "iso-2022-jp": "iso2022_jp_ext",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "gb2312": "gb18030",
    "ks_c_5601-1987": "cp949",
}
# Bounded, since a hostile header must not make them seek for hours.
_JIS: Final = re.compile(r"\x1b\$[@B].*?(?:\x1b\([BJ]|$)", re.DOTALL)
_ENCODED: Final = re.compile(r"=\?[^?]{1,60}\?[bBqQ]\?[^?]{0,500}\?=")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.){0,500}"(?!@)')
_COMMENT: Final = re.compile(r"\([^()]{0,500}\)")
_ANGLE: Final = re.compile(r"<([^<>]{0,500})>")
_ADDRESS: Final = re.compile(
    r'(?:"[^"]{0,64}"|[^\s<>"(),:;@]{1,256})@[^\s<>"(),:;@]{1,255}'
)
LONGEST_TEXT: Final = 16 * 1024
_PARSER: Final = BytesHeaderParser(policy=compat32)


@dataclass(frozen=True, slots=True)
class Message:
    """A message between people, or why it is none."""

    id: str
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    list_id: str
    to_many: bool
    automatic: str
    subject: str


def read_message(headers: Headers) -> Message:
    """A message; RowRefused says what of it cannot be read."""
    if headers.fault:
        raise RowRefused("broken message", headers.fault)
    parsed = _PARSER.parsebytes(headers.content)
    senders = _addresses(parsed, "From")
    if not senders:
        raise RowRefused("unreadable sender", "From holds no address")
    recipients = [one for name in RECIPIENTS for one in _addresses(parsed, name)]
    list_id = _text(parsed, "List-Id")
    return Message(
        id=_text(parsed, "Message-ID") or f"sha256:{_digest(headers)}",
        at=_date(_text(parsed, "Date")),
        sender=senders[0],
        recipients=tuple(dict.fromkeys(recipients)),
        list_id=list_id.rpartition("<")[2].rstrip("> "),
        to_many=_to_many(parsed),
        automatic=_automatic(parsed),
        subject=_text(parsed, "Subject"),
    )


def decoded(raw: bytes) -> str:
    """Text of a header, whatever it claims to be written in."""
    try:
        pieces = decode_header(raw.decode("latin-1"))
    except (ValueError, HeaderParseError):  # an encoded word that is none
        return _piece(raw, None)
    return "".join(_piece(content, charset) for content, charset in pieces)


def _piece(content: str | bytes, charset: str | None) -> str:
    octets = content.encode("latin-1") if isinstance(content, str) else content
    told = (charset or "").lower()
    if b"\x1b" in octets and not charset:
        told = "iso-2022-jp"
    try:
        return octets.decode(CHARSETS.get(told, told) or "utf-8", "replace")
    except (LookupError, ValueError):  # no such charset, or no charset of text
        return octets.decode("utf-8", "replace")


def _to_many(parsed: Parsed) -> bool:
    """Whether it went to subscribers; a list of our own is judged by its List-Id."""
    precedence = _text(parsed, "Precedence").lower()
    return precedence in {"bulk", "junk", "list"} or "List-Unsubscribe" in parsed


def _automatic(parsed: Parsed) -> str:
    """Why nobody wrote this message, or sent it; nothing when somebody did."""
    answers = ("X-Autoreply", "X-Autorespond")
    submitted = _text(parsed, "Auto-Submitted").lower()
    if submitted not in {"", "no"} or any(name in parsed for name in answers):
        return "automatic message"
    reports = parsed.get_content_type() == "multipart/report"
    if reports or _text(parsed, "Return-Path") == "<>":
        return "report of a mail system"
    labels = {one.strip() for one in _text(parsed, "X-Gmail-Labels").split(",")}
    if labels & UNSENT or _text(parsed, "X-Spam-Flag").upper() == "YES":
        return "spam, draft or deleted"
    return ""


def _text(parsed: Parsed, name: str) -> str:
    """A header in one line, encoded words decoded."""
    return " ".join(decoded(_raw(parsed, name)[:LONGEST_TEXT]).split())


def _addresses(parsed: Parsed, name: str) -> list[str]:
    """The addresses of every such header; the names beside them are not read."""
    found: list[str] = []
    for key, value in parsed.raw_items():
        if key.lower() == name.lower():
            bare = _octets(value).decode("utf-8", "replace")
            for pattern in (_JIS, _ENCODED, _QUOTED, _COMMENT):
                bare = pattern.sub("", bare)
            found += [one for piece in bare.split(",") for one in _address(piece)]
    return found


def _address(piece: str) -> list[str]:
    inside = _ANGLE.search(piece)
    return _ADDRESS.findall(inside[1] if inside else piece)[:1]


def _raw(parsed: Parsed, name: str) -> bytes:
    items = parsed.raw_items()
    return next((_octets(v) for k, v in items if k.lower() == name.lower()), b"")


def _octets(value: object) -> bytes:
    return str(value).encode("ascii", "surrogateescape")


def _date(text: str) -> datetime:
    try:
        moment = email.utils.parsedate_to_datetime(text)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC) if _odd(aware) else aware
    except (ValueError, TypeError, ArithmeticError) as wrong:
        raise RowRefused("unreadable date", f"Date: {text[:100]!r}") from wrong


def _odd(moment: datetime) -> bool:
    """Whether the offset cannot be written as the ledger writes it."""
    offset = moment.utcoffset()
    return offset is None or bool(offset.total_seconds() % 60)


def _digest(headers: Headers) -> str:
    return digest(headers.content.decode("latin-1"))
