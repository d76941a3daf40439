"""`alliance-ledger record`: a contact, and what came of it, in one line."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import httpx2
import typer
from pydantic import TypeAdapter, ValidationError

from contracts.occurrence import DateText
from services.cli.failing import CommandError, explained
from services.cli.one_line import as_fields, channel_of, told_in
from services.cli.running import some_service
from services.foundation.settings import SettingsError, load_settings
from services.projections.pages.drafting import CONTACT, facts_of

SHOWN: Final = 5
Json = dict[str, Any]
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[20m] [PHRASE]...", help='Such as "asked our goals".'),
]


def record(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    partner: Annotated[str, typer.Argument(help="Its id, or part of its name.")],
    channel: Annotated[str, typer.Argument(help="call, visit, video, email, …")],
    words: Words = None,
    by: Annotated[Literal["us", "partner"], typer.Option(help="Who began it.")] = "us",
    on: Annotated[
        str, typer.Option(help="today, yesterday, 2014, 2014-05, … or an instant.")
    ] = "now",
    note: Annotated[str, typer.Option(help="What else is worth keeping.")] = "",
    person: Annotated[
        list[str] | None, typer.Option(help="Who took part; may be repeated.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="PARTNER is a new name.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="What was recorded, as JSON.")
    ] = False,
    url: Annotated[str | None, typer.Option(help="The ledger's address.")] = None,
    key: Annotated[str | None, typer.Option(envvar="LEDGER_KEY")] = None,
) -> None:
    """Record a contact and what came of it, all or nothing.

    Example: alliance-ledger record acme call 20m "asked our goals" --by partner
    --on yesterday
    """
    with explained():
        settings = load_settings()
        told = told_in(words or ())
        told |= {"channel": [channel_of(channel)], "by": [by], "note": [note]}
        told |= {"persons": person or [], **_moment(on)}
        today = datetime.now(settings.zone).date()
        with some_service(settings, url, key) as service:
            headers = {"Authorization": f"Bearer {service.key}"}
            with httpx2.Client(base_url=service.url, headers=headers) as client:
                named = CONTACT if new else _which(client, partner)
                facts = facts_of(as_fields(told), named, today, str(uuid.uuid4()))
                recorded = _send(client, _begun(partner, facts) if new else facts)
    if as_json:
        typer.echo(json.dumps(recorded, ensure_ascii=False))
    else:
        _say(recorded["items"])


def _moment(on: str) -> Mapping[str, list[str]]:
    """The fields of the form that say when it was."""
    if on in {"now", "today", "yesterday"}:
        return {"when": [on]}
    try:
        TypeAdapter(DateText).validate_python(on)
    except ValidationError:
        sentence = (
            "--on: now, today, yesterday, 2014, 2014-05, 2014-05-06 or an instant."
        )
        raise SettingsError(sentence) from None
    return {"date": [on]}


def _which(client: httpx2.Client, named: str) -> str:
    """The one partner of that id, or that a search finds."""
    asked: dict[str, str | int] = {"q": named, "limit": SHOWN}
    found = _right(client.get("/v1/partners", params=asked)).json()["items"]
    for item in found:
        if item["partner"] == named:
            return named
    if len(found) == 1:
        only: str = found[0]["partner"]
        return only
    log = client.get("/v1/events", params={"partner": named, "limit": 1})
    if log.is_success and log.json()["items"]:
        return named  # known since a moment ago, the lists will tell
    told = ", ".join(item["partner"] for item in found) or "nobody; --new makes one"
    raise CommandError(f"Which partner is it? That finds: {told}.")


def _begun(name: str, facts: Sequence[Json]) -> list[Json]:
    """The same after the partner became known; what arose names the second item."""
    known = {"type": "PartnerIdentified", "data": {"name": name}}
    arisen = [
        fact | ({"causation": "#2"} if "causation" in fact else {}) for fact in facts
    ]
    return [known, *arisen]


def _send(client: httpx2.Client, items: Sequence[Json]) -> Json:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = client.post("/v1/events", json=list(items), headers=headers, timeout=30)
    recorded: Json = _right(answer).json()
    return recorded


def _right(answer: httpx2.Response) -> httpx2.Response:
    """The answer, unless it is a problem: CommandError says which."""
    if answer.is_success:
        return answer
    problem = answer.json()
    wrong = [e for e in problem["errors"] if e["reason"] != problem["detail"]]
    reasons = (f"{e['pointer']} {e['reason']}" for e in wrong)
    raise CommandError(" ".join((problem["detail"], "; ".join(reasons))).strip())


def _say(recorded: Sequence[Json]) -> None:
    for event in recorded:
        told = json.dumps(event["data"], ensure_ascii=False)
        typer.echo(
            f"{event['partner']}  {event['occurred_at']}  {event['type']} {told}"
        )
