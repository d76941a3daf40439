"""Texts, numbers and bytes that no part of a request may hold, many with the marker."""

import base64
import json
from typing import Any, Final

from tests.e2e.bad_values import MARKER

MARK: Final = MARKER.encode()
SCRIPT: Final = f"%3Cscript%3E{MARKER}%3C/script%3E"
METHODS: Final = (
    *(b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE"),
    *(b"CONNECT", b"get", b"PROPFIND", b"QUERY", MARK.upper(), b"GE\x00T", b"G" * 9000),
    *(b"", b" GET", b"GET\t", b"\xff\xfe"),
)
VERSIONS: Final = (
    *(b"HTTP/1.1",) * 8,
    *(b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9.9", b"HTTP/1", b"HTTQ/1.1"),
    *(b"", b"http/1.1", b"HTTP/1.1 " + MARK, b"HTTP/-1.1", b"HTTP/1.1\x00"),
)
SEGMENTS: Final = (
    *(
        SCRIPT,
        MARKER,
        "%00",
        f"{MARKER}%00",
        "%FF",
        "%ED%A0%80",
        "%C0%AF",
        "..",
        "%2e%2e",
    ),
    *("..%2f..%2fetc%2fpasswd", "%252e%252e", "%", "%zz", "a" * 5000, "'", "%27%20OR"),
    *("{partner}", "%7Bid%7D", "<b>", "-1", "0", "%0d%0aX-Injected:%20" + MARKER, ";"),
    *("_ledger", "_ledgers", ".", "~", "%E2%80%AE", "%F0%9F%98%80", "null", "*", "\\"),
)
WHOLE_TARGETS: Final = (
    *("*", "", "/", "//", "///v1/events", "/v1/../v1/events", "/v1/events/..;/keys"),
    *(f"http://{MARKER}.example/v1/events", f"//{MARKER}/v1", "/v1/events#" + MARKER),
    *(
        f"{MARKER}:443",
        "/%",
        "/v1/%00",
        "/static/../../" + MARKER,
        "/static/%2e%2e%2fx",
    ),
    *("/" + "a/" * 4000, "/v1/events?" + "&" * 9000, "/" + MARKER * 6000, "v1/events"),
)


def _cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


WRONG_CURSORS: Final[tuple[Any, ...]] = (
    *({"at": 1}, {"at": "1", "top": 1}, {"at": -1, "top": 10**30}, [[]]),
    *({"at": True, "top": False}, {"after": MARKER, "id": "\0"}, {"x": {"y": []}}),
    {"after": "9999", "id": "\ud800"},
    {"as_of": MARKER, "top": 1, "partner": "a"},
    {"as_of": "0001-01-01T00:00:00Z", "top": -1, "partner": MARKER},
)
CURSORS: Final = (
    *(MARKER, "e30", "W10", "bnVsbA", "!!!", "%00", "=", "===="),
    *map(_cursor, WRONG_CURSORS),
)
QUERY_VALUES: Final = (
    *(
        SCRIPT,
        "%27%22%3E" + SCRIPT,
        MARKER,
        "%00" + MARKER,
        "",
        "%FF",
        "%ED%A0%80",
        "%",
        "%zz",
        "%u0041",
    ),
    *("-1", "1e3", "NaN", "-inf", "9" * 400, "0x10", "1_0", "%EF%BC%91", "9" * 19),
    *(
        "null",
        "true",
        "[]",
        "{}",
        "[" * 3000,
        "%22",
        "'%20OR%201=1--",
        "%0d%0a" + MARKER,
    ),
    *("2014-02-30", "0000", "9999-12-31T23:59:60Z", "2014-03-05T10:00:00%2B25:00"),
    *("position:-1", "position:" + "9" * 18, "position:", "a" * 4001, "%F0%9F%98%80"),
    *CURSORS,
)
QUERY_NAMES: Final = (
    *(
        MARKER,
        "",
        "%00",
        "limit[]",
        "limit[0]",
        "__proto__",
        "Limit",
        "%FF",
        "a" * 4000,
    ),
    *(
        "limit ",
        "cursor.",
        "$where",
        "partner%00",
        "token",
        "key",
        "_method",
        "callback",
    ),
)
TEXTS: Final = (
    *(
        b"",
        MARK,
        MARK + b"\x00",
        b"\xff\xfe" + MARK,
        b'"' + MARK,
        b"\x80" * 50,
        b",,,;;;",
    ),
    *(
        MARK * 700,
        b"*/*;q=" + MARK,
        b"\xe2\x80\xae",
        b"null",
        b"-1",
        b"9" * 400,
        b"%00",
    ),
    *(
        MARK + b"\r\nX-Injected: " + MARK,
        MARK + b"\nX-Injected: 1",
        MARK + b"\r\n folded",
    ),
    *(
        b"en;q=nan, ja;q=inf",
        b"q=1;q=;q",
        b"bytes=0-0,-1," + b"9" * 300,
        b"W/" + b'"' * 99,
    ),
    *(
        b'"' + MARK + b'", ' * 200,
        b"text/csv;q=1e400",
        b"a/b/c",
        b"=;=;=",
        b"\t",
        b"{}",
    ),
)
HEADERS: Final = (
    *(b"Accept", b"Accept-Language", b"Accept-Encoding", b"Authorization", b"Cookie"),
    *(b"Content-Type", b"Content-Encoding", b"Range", b"If-Match", b"If-None-Match"),
    *(b"If-Modified-Since", b"If-Range", b"Idempotency-Key", b"Last-Event-ID"),
    *(b"traceparent", b"tracestate", b"X-CSRF-Token", b"X-HTTP-Method-Override"),
    *(b"X-Forwarded-For", b"X-Forwarded-Proto", b"Forwarded", b"Origin", b"Referer"),
    *(b"Host", b"Connection", b"Upgrade", b"TE", b"Trailer", b"Prefer", b"User-Agent"),
    *(MARK, MARK + b" ", b"", b"\x00", b"X" * 9000, b"Content-Length ", b"X\xff"),
)
EXPECTED: Final = (b"100-continue", MARK, b"200-ok")
KINDS: Final = (
    *(b"application/json",) * 4,
    *(b"application/x-ndjson",) * 2,
    *(b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=" + MARK),
    *(b"text/html", b"application/json; charset=utf-16", b"", MARK, b"application/xml"),
    *(b"multipart/form-data", b"application/json, text/plain", b"*/*"),
)
BODIES: Final = (
    *(
        b"",
        b" ",
        b"{",
        b"}",
        b"null",
        b"[]",
        b"[[]]",
        b"{}",
        b"[{}]",
        b"5",
        b"NaN",
        MARK,
    ),
    *(b'"' + MARK + b'"', b"{" + MARK, b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"\x00" * 100),
    *(b"[" * 100_000, b'{"a":' * 5000, b"[" * 900 + b"]" * 900, b"9" * 20_000, b"-"),
    *(b'{"type":"' + MARK + b'"}', b'{"type":5,"partner":[]}', b'{"name":"\\ud800"}'),
    *(b'{"type":"GoalAsked","type":"GoalAsked","partner":"a"}', b'{"a":1e999999}'),
    *(b'{"type":"GoalAsked","partner":"' + MARK + b'","data":{"by":"we"}}',),
    *(b'{"name":"' + MARK + b'","scopes":["root"]}', b'{"name":"","scopes":[]}'),
    *(b'{"name":"x","scopes":["read"],"' + MARK + b'":1}', b"\x1f\x8b\x08" + MARK),
    *(
        b"type=ContactMade&partner=" + MARK,
        b"--" + MARK + b"\r\n\r\n",
        b"<" + MARK + b"/>",
    ),
    *(
        b'{"key":"' + MARK + b'"}\n' * 50,
        b"\n" * 5000,
        b'{"key":1}\n{',
        b"\r\n\r\n\x00",
    ),
    *(b"x" * 40_000, b'["' + MARK + b'",' * 2000, b'{"\\u0000":"' + MARK + b'"}'),
)
CHUNKS: Final = (
    *(b"5\r\nhello", b"5\r\nhello\r\n", b"zz\r\nhello\r\n0\r\n\r\n", b"-1\r\n\r\n"),
    *(
        b"ffffffffffffffffff\r\n" + MARK,
        b"0\r\n",
        b"\r\n",
        b"5;" + MARK + b"\r\nhello\r\n",
    ),
    *(
        b"5\r\nhello\r\n0\r\nX-Trailer: " + MARK + b"\r\n\r\n",
        b"1\n{\n0\n\n",
        b"",
        MARK,
    ),
    *(b"7fffffff\r\n{", b"0x5\r\nhello\r\n0\r\n\r\n", b"5 \r\nhello\r\n0\r\n\r\n"),
)
LENGTHS: Final = (
    *(
        b"-1",
        b"1e3",
        b"0x10",
        b"9" * 40,
        b"",
        MARK,
        b"5, 6",
        b"+5",
        b"1048577",
        b"\xb2",
    ),
    *(b"99999999", b"4", b" 4", b"\x00"),
)
NOISE: Final = (
    *(
        b"\r\n" * 20,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + MARK,
        b"\x00" * 500,
    ),
    *(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", MARK + b"\r\n\r\n", b"\xff" * 3000, b""),
    *(
        b"GET /v1/events\r\n\r\n",
        b"GET / HTTP/1.1",
        b"\n\n",
        b": :\r\n\r\n",
        b"{}\r\n\r\n",
    ),
)
