"""Screenshots of every page over the sample story, into this folder.

Needs `apt-get install chromium fonts-noto-cjk`; run `make screenshots`.
"""  # noqa: INP001 (a script among documents)

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from services.cli.demo import load_story
from services.cli.running import Service
from services.foundation.settings import Settings
from tests.pages.browsers import DESK, PHONE, Signed, chromium, sign_in
from tests.running import running_service

FOLDER: Final = Path(__file__).parent
SEEN: Final[dict[str, str]] = {
    "today": "/",
    "partners": "/partners",
    "partner": "/partners/asanagi-works",
    "changes": "/partners/asanagi-works/changes?known_from=position:150",
    "record": "/record?partner=asanagi-works&type=HelpOffered",
    "record-other": "/record/other?partner=asanagi-works",
    "fact": "/record/other?type=AllianceAgreed&partner=asanagi-works",
    "compare": "/compare?partners=asanagi-works,tallowick-marketing",
    "insights": "/insights",
    "log": "/log?partner=asanagi-works",
    "event": "/log/{event}#correct",
}
OPENED: Final = """() => {
  const part = document.querySelector(location.hash || "#none");
  if (part) { part.open = true; scrollTo(0, 0); }
}"""
LOOKS: Final[tuple[tuple[tuple[int, int], str, Any], ...]] = (
    (DESK, "en", "light"),
    (PHONE, "ja", "dark"),
)


def main() -> None:
    """Take them all; pages look on the phone and on the desk, by day and by night."""
    with running_service() as service, chromium() as browser:
        settings = Settings(_env_file=None, data_dir=service.data_dir)
        load_story(Service(service.url, service.key), settings)
        signed = sign_in(browser, service)
        asked = {"type": "ResourceCommitted", "partner": "asanagi-works", "limit": 1}
        (promise,) = service.client.get("/v1/events", params=asked).json()["items"]
        for look, name in product(LOOKS, SEEN):
            path = SEEN[name].replace("{event}", promise["id"])
            for page in seen(signed, look, path):
                size, language, theme = look
                kind = "desk" if size == DESK else "phone"
                file = FOLDER / f"{name}-{kind}-{language}-{theme}.jpg"
                page.screenshot(path=file, type="jpeg", quality=72)


def seen(
    signed: Signed, look: tuple[tuple[int, int], str, Any], path: str
) -> Iterator[Page]:
    """A page, in a window that is as high as the page, three screens at most."""
    size, language, theme = look
    with signed.page(size, language=language, theme=theme) as page:
        page.goto(path)
        page.evaluate(OPENED)
        high = page.evaluate("document.documentElement.scrollHeight")
        most = 3 * size[1]
        page.set_viewport_size({"width": size[0], "height": min(high, most)})
        yield page


if __name__ == "__main__":
    main()
