"""A real browser: Debian's Chromium, driven by Playwright, which watches what fails."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    sync_playwright,
)

from services.foundation import embedded_postgres
from services.foundation.access import SCOPES, KeyTerms, add_key
from services.foundation.access.sessions import make_link
from tests.admission import pepper_of
from tests.running import RunningService

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE: Final = (360, 740)
DESK: Final = (1440, 900)
PATIENCE: Final = 15_000
"""Milliseconds to wait for something that must come, on a machine that is busy."""
LOCALES: Final = {"en": "en-GB", "ja": "ja-JP"}
NEEDED: Final = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium: apt-get install chromium"
)


def links(service: RunningService, count: int, *scopes: str) -> Sequence[str]:
    """Links with which browsers come in, each once, as somebody with the scopes."""
    pepper, terms = pepper_of(service.data_dir), KeyTerms("Hanako", scopes or SCOPES)
    with (
        embedded_postgres.start(service.data_dir) as server,
        psycopg.connect(server.dsn) as connection,
    ):
        made = add_key(connection, pepper, "default", terms)
        tokens = [
            make_link(connection, pepper, "default", made.id) for _ in range(count)
        ]
    return [f"{service.url}/login?token={token}" for token in tokens]


@dataclass
class Watched:
    """What a browser complained of."""

    complaints: list[str] = field(default_factory=list)

    def listen(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings; violations of the policy are among them."""
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")


@dataclass
class Signed:
    """A browser that is signed in, and the address of the ledger it looks at."""

    browser: Browser
    url: str
    state: Any

    @contextmanager
    def page(
        self,
        size: tuple[int, int] = DESK,
        *,
        language: str = "en",
        theme: Any = "light",
        script: bool = True,
        complains: bool = False,
    ) -> Iterator[Page]:
        """A page of its own; the browser may complain only where that is expected."""
        context = self.browser.new_context(
            base_url=self.url,
            storage_state=self.state,
            viewport={"width": size[0], "height": size[1]},
            locale=LOCALES[language],
            color_scheme=theme,
            java_script_enabled=script,
        )
        try:
            yield from _watched(context, complains=complains)
        finally:
            context.close()


def _watched(context: BrowserContext, *, complains: bool) -> Iterator[Page]:
    watched = Watched()
    context.on("console", watched.listen)
    context.on("weberror", lambda e: watched.complaints.append(str(e.error)))
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    yield page
    assert bool(watched.complaints) is complains, watched.complaints


def sign_in(browser: Browser, service: RunningService) -> Signed:
    """Come in by a link, as people do."""
    (link,) = links(service, 1)
    context = browser.new_context(base_url=service.url)
    page = context.new_page()
    page.goto(link)
    page.wait_for_url(f"{service.url}/")
    state = context.storage_state()
    context.close()
    return Signed(browser, service.url, state)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox"],  # which root cannot have
        )
        yield browser
        browser.close()


def axe_source() -> str:
    """The accessibility rules, as a script."""
    found = find_spec("axe_core_python")
    assert found is not None
    folder = next(iter(found.submodule_search_locations or ()))
    return (Path(folder) / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What of a page some people cannot see, hear or reach."""
    page.evaluate(axe_source())
    found = page.evaluate("axe.run()")["violations"]
    return [
        f"{page.url} {each['id']}: {node['html'][:120]}"
        for each in found
        for node in each["nodes"]
    ]
