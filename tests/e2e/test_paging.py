"""Derived lists, page by page: nothing twice, nothing lost, one cut."""

import re
from typing import Any

import httpx2
import pytest

from tests.e2e.asking import event, head, new_partner, record, say

HOURS = {"amount": "1", "unit": "hour"}


def pages(client: httpx2.Client, address: str) -> list[list[Any]]:
    """The items of each page, from the first to the last."""
    found, link = [], address
    while link:
        answer = client.get(link)
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["items"])
        match = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        link = match[1] if match else ""
    return found


@pytest.fixture(scope="module")
def many(service: Any) -> list[str]:
    """Partners with an offer and a commitment each, in two units."""
    client, partners = service.client, []
    for _ in range(7):
        name = new_partner(client)
        data: dict[str, Any] = {"by": "us", "kind": "space", "quantity": HOURS}
        items = [
            event("HelpOffered", name, offer="o", **data),
            event("ResourceCommitted", name, commitment="c", **data),
            event("HelpOffered", name, offer="b", by="partner", kind="space"),
        ]
        record(client, items)
        partners.append(name)
    return partners


@pytest.mark.parametrize(
    ("path", "each"),
    [("balances", 2), ("offers", 2), ("commitments", 1), ("partners", 1)],
)
@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_pages_hold_each_item_once(
    client: httpx2.Client, many: list[str], path: str, each: int, limit: int
) -> None:
    start = f"/v1/{path}?limit={limit}&min_position={head(client)}"
    found = pages(client, start)
    assert all(len(page) <= limit for page in found)
    items = [item for page in found for item in page]
    assert len({str(item) for item in items}) == len(items)
    for name in many:
        assert sum(item["partner"] == name for item in items) == each


@pytest.mark.parametrize("path", ["balances", "offers", "partners"])
def test_a_cursor_keeps_its_cut(
    client: httpx2.Client, many: list[str], path: str
) -> None:
    assert many
    start = f"/v1/{path}?limit=2&min_position={head(client)}"
    whole = [item for page in pages(client, start) for item in page]
    answer = client.get(start)
    late = new_partner(client)
    say(client, "HelpOffered", late, by="us", kind="space")
    client.get("/v1/balances", params={"min_position": head(client)})
    match = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers["Link"])
    assert match is not None
    rest = [item for page in pages(client, match[1]) for item in page]
    seen = [item["partner"] for item in (*answer.json()["items"], *rest)]
    assert late not in seen
    assert sorted(seen) == sorted(item["partner"] for item in whole)
