"""The partners that a ledger has already, so that names keep their ids."""

from collections.abc import Iterator

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
    return {str(line["partner"]): _known(line) for line in _identified(client)}


def _identified(client: httpx2.Client) -> Iterator[EventLine]:
    url: str | None = "/v1/events?type=PartnerIdentified&limit=1000"
    while url is not None:
        response = client.get(url)
        if response.status_code == httpx2.codes.FORBIDDEN:
            return
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


def _known(event: EventLine) -> KnownPartner:
    data = event["data"]
    name = data.get("name", "") if isinstance(data, dict) else ""
    line = {part: event[part] for part in PARTS if event.get(part) is not None}
    return KnownPartner(str(name), line)
