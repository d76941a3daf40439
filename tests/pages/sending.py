"""Forms as a browser without script reads, fills in and sends them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import httpx2
from typing_extensions import override

from services.foundation.access.sessions import COOKIE
from tests.admission import pepper_of
from tests.pages.browsers import links
from tests.running import RunningService

Values = Mapping[str, Sequence[str]]


class Forms:
    """A browser that is signed in, and what its forms send."""

    def __init__(self, client: httpx2.Client, token: str) -> None:
        self.client, self._token = client, token

    def send(self, path: str, **fields: str | Sequence[str]) -> httpx2.Response:
        """Send a form of fields that nobody was shown."""
        return self.client.post(path, data={**fields, "token": self._token})

    def shown(self, path: str, action: str) -> "Shown":
        """The form of a page that is sent to a path."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return form_in(answer.text, action)

    def submit(self, form: "Shown", values: Values) -> httpx2.Response:
        """Send a form as it was shown, with values chosen in its fields."""
        return self.client.post(form.action.partition("#")[0], data=form.filled(values))


@contextmanager
def forms_of(service: RunningService) -> Iterator[Forms]:
    """A browser that came in by a link."""
    (link,) = links(service, 1)
    with service.anonymous() as client:
        client.get(link)
        session = client.cookies[COOKIE]
        yield Forms(client, pepper_of(service.data_dir).form_token(session))


class Shown:
    """A form: what its fields hold, and what may be chosen where not all may."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.holds: dict[str, list[str]] = {}
        self.choices: dict[str, set[str]] = {}

    def filled(self, values: Values) -> dict[str, list[str]]:
        """What is sent when somebody chooses and types this."""
        for name, chosen in values.items():
            assert name in self.holds, f"{name} is not in {sorted(self.holds)}"
            missing = set(chosen) - self.choices.get(name, set(chosen)) - {""}
            assert not missing, f"{missing} cannot be chosen for {name}"
        return {**self.holds, **{name: list(v) for name, v in values.items()}}


def form_in(page: str, action: str) -> Shown:
    """The form of a page that is sent to an action."""
    reader = _Reader()
    reader.feed(page)
    (form,) = (f for f in reader.forms if f.action.partition("#")[0] == action)
    return form


class _Reader(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Shown] = []
        self._chosen_in, self._typed_in = "", ""

    @override
    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Shown(told.get("action", "")))
        elif tag == "input":
            self._input(told)
        elif tag == "select":
            self._chosen_in = told["name"]
            self.forms[-1].holds[self._chosen_in] = []
            self.forms[-1].choices[self._chosen_in] = set()
        elif tag == "option" and self._chosen_in:
            self._offer(self._chosen_in, told, "selected")
        elif tag == "textarea":
            self._typed_in = told["name"]
            self.forms[-1].holds[self._typed_in] = [""]

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self._chosen_in, self._typed_in = "", ""

    @override
    def handle_data(self, data: str) -> None:
        if self._typed_in:
            self.forms[-1].holds[self._typed_in] = [data]

    def _input(self, told: Mapping[str, str]) -> None:
        name = told.get("name", "")
        if told.get("type") in {"radio", "checkbox"}:
            self._offer(name, told, "checked")
        else:
            holds = self.forms[-1].holds
            holds[name] = [*holds.get(name, []), told.get("value", "")]

    def _offer(self, name: str, told: Mapping[str, str], mark: str) -> None:
        form, value = self.forms[-1], told.get("value", "")
        form.choices.setdefault(name, set()).add(value)
        form.holds.setdefault(name, [])
        if mark in told:
            form.holds[name].append(value)
