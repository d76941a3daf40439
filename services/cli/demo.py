"""`alliance-ledger demo`: serve a ledger that holds the sample story."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

import httpx2
import typer

from services.cli.failing import CommandError
from services.cli.running import Running, Service, database, wait_until_ready
from services.cli.story.telling import OPENING, record_story, told_on
from services.foundation import telemetry
from services.foundation.settings import Settings, load_settings

SYSTEM: Final = "sample-story"
COMPARED: Final = "asanagi-works,tallowick-marketing"
"""The two companies of the story: one came to stay, one to take."""


def demo(
    as_json: Annotated[
        bool, typer.Option("--json", help="Say where it serves as JSON.")
    ] = False,
) -> None:
    """Serve a ledger with the sample story of two companies, told over years.

    Example: LEDGER_DATA_DIR=./demo-data alliance-ledger demo
    """
    telemetry.write_logs()
    settings = load_settings()
    with database(settings) as found:
        running = Running(settings, found, settings.port)
        say = _say_as_json if as_json else _say
        telling = threading.Thread(
            target=_tell, args=(running, settings, say), name="sample-story"
        )
        telling.start()
        running.serve()
        telling.join()


def _tell(
    running: Running, settings: Settings, say: Callable[[Mapping[str, Any]], None]
) -> None:
    try:
        wait_until_ready(running.service.url)
        count = load_story(running.service, settings)
    except (CommandError, httpx2.HTTPError) as wrong:
        typer.echo(str(wrong), err=True)
        running.stop()
        return
    told = {
        "url": running.service.url,
        "key_file": str(settings.data_dir / "owner.key"),
    }
    say({**told, "link": running.link(), "events": count})


def _say_as_json(told: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(told))


def _say(told: Mapping[str, Any]) -> None:
    typer.echo(f"The sample story is in the ledger: {told['events']} events.")
    typer.echo(f"Alliance Ledger serves at {told['url']}; stop it with Ctrl-C.")
    typer.echo("Open it in a browser; the link works once, within a day:")
    typer.echo(f"    {told['link']}")
    typer.echo("Or try, in another terminal:")
    typer.echo("    .venv/bin/alliance-ledger show stages asanagi-works")
    typer.echo("    .venv/bin/alliance-ledger show balance asanagi-works")
    bearer = f'-H "Authorization: Bearer $(cat {told["key_file"]})"'
    typer.echo(f"    curl {bearer} '{told['url']}/v1/compare?partners={COMPARED}'")


def load_story(service: Service, settings: Settings) -> int:
    """Record the sample story unless it is there; the number of its events."""
    headers = {"Authorization": f"Bearer {service.key}"}
    with httpx2.Client(base_url=service.url, headers=headers, timeout=30) as client:
        today = _day_of_telling(client)

        def post(items: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
            answer = client.post(
                "/v1/events", json=items, headers={"Idempotency-Key": f'"{key}"'}
            )
            answer.raise_for_status()
            recorded: list[dict[str, Any]] = answer.json()["items"]
            return recorded

        return record_story(post, today, settings.zone)


def _day_of_telling(client: httpx2.Client) -> date:
    """Today, or the day on which this ledger heard the story before."""
    searched = {"source_system": SYSTEM, "source_ref": OPENING}
    answer = client.get("/v1/events", params=searched)
    answer.raise_for_status()
    heard = answer.json()["items"]
    if heard:
        return told_on(heard[0])
    if client.get("/v1/events", params={"limit": 1}).json()["items"]:
        sentence = (
            "This ledger holds events of your own, and the sample story is kept apart "
            "from them: run LEDGER_DATA_DIR=./demo-data alliance-ledger demo"
        )
        raise CommandError(sentence)
    return datetime.now(UTC).date()
