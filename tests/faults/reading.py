"""What clients read of a ledger that has been through faults."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx2

from tests.faults.clients import Told

if TYPE_CHECKING:
    from tests.e2e.asking import Json


def whole_log(client: httpx2.Client) -> Told:
    items: Told = []
    query: Json = {"limit": 1000}
    while True:
        page = client.get("/v1/events", params=query)
        assert page.status_code == 200, page.text
        items += page.json()["items"]
        if "next" not in page.links:
            return items
        query = dict(httpx2.URL(page.links["next"]["url"]).params)


def exact(value: Any) -> Any:
    """The same with amounts as numbers."""
    if isinstance(value, dict):
        return {k: v if k == "unit" else exact(v) for k, v in value.items()}
    return (
        [exact(each) for each in value] if isinstance(value, list) else Decimal(value)
    )
