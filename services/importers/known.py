"""The partners that a ledger has already, so that names keep their ids."""

from collections.abc import Iterator, Mapping

import httpx2
from pydantic import BaseModel, JsonValue, ValidationError

from services.importers.mapping import KnownPartner
from services.importers.outcomes import EventLine
from services.importers.sending import SendingFailed, problem_of

PARTS = ("type", "partner", "occurred_at", "data", "source")


class _Page(BaseModel):
    items: tuple[dict[str, JsonValue], ...]


def known_partners(client: httpx2.Client) -> dict[str, KnownPartner]:
    """Every partner that was ever identified, by id.

    A key that may only record sees none: then a partner of another import that is
    introduced anew is refused, and reported.
    """
    identified = events(client, {"type": "PartnerIdentified"}) or ()
    return {str(line["partner"]): known_partner(line) for line in identified}


def events(
    client: httpx2.Client, query: Mapping[str, str | list[str]]
) -> list[EventLine] | None:
    """The recorded events that a query finds; None for a key that may not read."""
    first = client.build_request("GET", "/v1/events", params={**query, "limit": "1000"})
    try:
        return list(_pages(client, str(first.url)))
    except _MayNotReadError:
        return None


class _MayNotReadError(Exception):
    """The key may record, but not read."""


def _pages(client: httpx2.Client, start: str) -> Iterator[EventLine]:
    url: str | None = start
    while url is not None:
        response = client.get(url)
        if response.status_code == httpx2.codes.FORBIDDEN:
            raise _MayNotReadError
        if not response.is_success:
            problem = problem_of(response)
            raise SendingFailed(
                f"{response.status_code} {problem.code}: {problem.sentence}"
            )
        yield from _items(response)
        url = response.links.get("next", {}).get("url")


def _items(response: httpx2.Response) -> tuple[EventLine, ...]:
    try:
        return _Page.model_validate_json(response.content).items
    except ValidationError as wrong:
        raise SendingFailed(f"{response.url} answers, but is no ledger") from wrong


def known_partner(event: EventLine) -> KnownPartner:
    """What an identification tells of a partner."""
    data = event["data"]
    name = data.get("name", "") if isinstance(data, dict) else ""
    line = {part: event[part] for part in PARTS if event.get(part) is not None}
    return KnownPartner(str(name), line)
