"""Stopped and started again on the same folder, the ledger goes on as it was."""

import httpx2

from tests.e2e.asking import contact, head, new_partner, read, record, send
from tests.running import running_from
from tests.servers import data_folder

KEY = {"Idempotency-Key": "before-the-stop"}


def balances(client: httpx2.Client) -> object:
    return read(client, "/v1/balances", as_of="2030")["items"]


def test_nothing_is_lost_by_a_stop_and_a_start() -> None:
    with data_folder() as folder:
        with running_from(folder) as first:
            partner = new_partner(first.client)
            receipt = record(first.client, contact(partner), KEY)
            position, told = head(first.client), balances(first.client)
        with running_from(folder) as second:
            assert second.key == first.key
            assert head(second.client) == position
            assert balances(second.client) == told
            again = send(second.client, contact(partner), KEY)
            assert again.headers["Idempotent-Replayed"] == "true"
            assert again.json() == receipt
            later = record(second.client, contact(partner))
            assert (later["position"], later["version"]) == (position + 1, 3)
