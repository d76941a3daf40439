"""The document that is served, and that answers are checked against it."""

import httpx2
import pytest

from contracts.schemas import FOLDER
from tests import documented
from tests.e2e.asking import contact, send
from tests.e2e.raw_http import ask_raw
from tests.running import RunningService, running_service


def test_the_committed_document_is_served_without_a_key(
    service: RunningService,
) -> None:
    with service.anonymous() as stranger:
        served = stranger.get("/openapi.json")
    assert served.content == (FOLDER / "openapi.json").read_bytes()


def answer(status: int, path: str, **headers: str) -> httpx2.Response:
    request = httpx2.Request("GET", f"http://ledger.example{path}")
    return httpx2.Response(status, headers=headers, request=request)


def test_an_answer_that_is_not_documented_fails_the_test_that_sees_it() -> None:
    documented.check(answer(304, "/v1/partners", ETag='"x"'))
    for wrong in (
        answer(418, "/v1/partners"),
        answer(304, "/v1/partners", Location="/"),
        answer(200, "/v1/partners/acme", **{"Content-Type": "text/html"}),
    ):
        with pytest.raises(AssertionError):
            documented.check(wrong)


def test_the_methods_of_a_path_are_not_those_of_a_name_below(
    client: httpx2.Client,
) -> None:
    assert client.put("/v1/events/batch").headers["Allow"] == "POST"
    assert client.put("/v1/events").headers["Allow"] == "GET, POST"


def test_a_body_that_never_comes_holds_nothing_for_ever() -> None:
    with running_service(LEDGER_BODY_SECONDS="0.3") as service:
        sent = (
            "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
            f"Content-Type: application/json\r\nAuthorization: Bearer {service.key}\r\n"
        )
        said = ask_raw(service.url, f"{sent}\r\n{{".encode()).said
        assert said.startswith(b"HTTP/1.1 422 ")
        assert b"connection: close" in said.lower()
        assert send(service.client, contact("acme")).status_code == 409
        assert "unexpected_failure" not in service.said()
