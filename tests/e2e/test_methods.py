"""Every path and every method: answered, 405 with what is allowed, or 404."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import httpx2
import pytest

from services.cli.running import one_port
from tests.doors import DOORS, paths_of
from tests.e2e.asking import head, problem
from tests.running import RunningService

METHODS: Final = (
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"),
)
UNKNOWN: Final = ("/nothing", "/v1", "/v1/", "/v1/nothing", "/v2/events", "/v1/events/")


def allowed() -> Mapping[str, set[str]]:
    """By path: the methods that it knows."""
    found = defaultdict(set)
    for method, path in (name.split() for name in paths_of(one_port())):
        found[path].add(method)
    return found


ALLOWED: Final = allowed()
AT: Final = {door.path: (door.at or door.path).partition("?")[0] for door in DOORS}


@pytest.mark.parametrize("path", sorted(ALLOWED))
def test_a_path_names_its_methods_to_whoever_tries_another(
    service: RunningService, client: httpx2.Client, path: str
) -> None:
    before = head(client)
    with service.anonymous() as stranger:
        for method in set(METHODS) - ALLOWED[path]:
            for asker in (client, stranger):
                answer = asker.request(method, AT[path])
                assert answer.status_code == 405, method
                assert set(answer.headers["Allow"].split(", ")) == ALLOWED[path]
                if method != "HEAD":
                    problem(answer, "method-not-allowed")
    assert head(client) == before


@pytest.mark.parametrize("path", [*UNKNOWN, *(f"{at}/x/y" for at in AT.values())])
def test_what_is_no_path_is_not_found_by_any_method(
    client: httpx2.Client, path: str
) -> None:
    for method in METHODS:
        answer = client.request(method, path)
        assert answer.status_code == 404, method
