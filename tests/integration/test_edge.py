"""Every request has an id, safe headers, and tells nobody what it asks for."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from services.foundation import tracing
from services.foundation.serving import Means
from services.ledger.app import create_app
from tests.admission import make_key, means
from tests.servers import Database

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
MARKER = "Yamada Hanako"


def serve(wanted: Means, key: str) -> TestClient:
    return TestClient(create_app(wanted), headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def http(database: Database) -> Iterator[TestClient]:
    wanted = means(database)
    logged = replace(wanted, log_requests=True)
    with serve(logged, make_key(database.owner_dsn, ("read",))) as client:
        yield client


@pytest.mark.parametrize("path", ["/v1/events", "/nowhere", "/livez", "/metrics"])
def test_every_answer_has_safe_headers(http: TestClient, path: str) -> None:
    headers = http.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-ID"])
    assert "Server" not in headers


def test_only_https_is_told_to_stay_https(http: TestClient) -> None:
    assert "Strict-Transport-Security" not in http.get("/livez").headers
    http.base_url = "https://testserver"
    assert "Strict-Transport-Security" in http.get("/livez").headers


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("a-1._~Z", True), ("x" * 65, False), ("a b", False), ("é", False)],
)
def test_a_request_keeps_a_decent_id(
    http: TestClient, sent: str, *, kept: bool
) -> None:
    answer = http.get("/livez", headers=[(b"X-Request-ID", sent.encode())])
    assert (answer.headers["X-Request-ID"] == sent) is kept


def test_a_request_is_logged_by_its_route_and_never_by_what_it_asks(
    http: TestClient,
) -> None:
    with capture_logs() as said:
        http.get("/v1/events", params={"source_ref": MARKER, "wrong": MARKER})
    (line,) = [entry for entry in said if entry["event"] == "answered"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/events", 422)
    assert MARKER not in json.dumps(said)


def test_what_a_request_logs_names_it_and_its_trace(
    http: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {"X-Request-ID": "mine", "traceparent": PARENT}
    http.get("/v1/events", headers=headers)
    said = capsys.readouterr().out
    assert "mine" in said
    assert TRACE in said


def test_a_trace_tells_the_names_of_a_query_and_not_its_values(
    database: Database,
) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    wanted = means(database)
    traced = replace(wanted, tracing=True)
    key = make_key(database.owner_dsn, ("read",))
    with serve(traced, key) as client:
        query = {"source_ref": MARKER, "limit": "1"}
        client.get("/v1/events", params=query, headers={"traceparent": PARENT})
    (span,) = exporter.get_finished_spans()
    assert span.context is not None
    assert span.context.trace_id == int(TRACE, 16)
    attributes = dict(span.attributes or {})
    assert attributes["url.query"] == "source_ref&limit"
    assert attributes["http.route"] == "/v1/events"
    assert MARKER not in str(attributes)
    assert key not in str(attributes)


def test_nothing_is_traced_unless_asked_for() -> None:
    assert tracing.OFF["tracing"] is False
    assert tracing.names_of("a=1&b&c=%20") == "a&b&c"
