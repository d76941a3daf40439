"""Whoever should be let in nowhere, and what they are told."""

from collections.abc import Mapping

import httpx2

from services.foundation.access import SCOPES
from services.foundation.access.secrets import LINK, SESSION, new_key, new_secret
from tests.doors import cookie, token_of
from tests.two_ledgers import OURS, THEIRS, TwoLedgers


def refused_headers(both: TwoLedgers) -> Mapping[str, Mapping[str, str]]:
    """Headers that let nobody in, by why."""
    unknown = new_key(OURS)
    good = both.paced.make_key(*SCOPES)
    session = both.session(OURS, *SCOPES)
    return {
        "no key": {},
        "a key that nobody has": bearer(unknown),
        "a key of a ledger that is not there": bearer(new_key("nowhere")),
        "a key that was revoked": bearer(revoked(both)),
        "a key cut short": bearer(good[:-1]),
        "a key that goes on": bearer(good + "A"),
        "a key of other letters": bearer(good.swapcase()),
        "a key under another ledger's name": bearer(
            good.replace(f".{OURS}.", f".{THEIRS}.")
        ),
        "a key as what it is not": bearer(good.replace("al.", "al-session.", 1)),
        "a key without a scheme": {"Authorization": good},
        "a key in another scheme": {"Authorization": f"Basic {good}"},
        "two keys": bearer(f"{good} {good}"),
        "nothing after the scheme": {"Authorization": "Bearer"},
        "nothing at all": {"Authorization": ""},
        "a link": bearer(new_secret(LINK, OURS)),
        "a feed": bearer(both.feed(OURS, *SCOPES)),
        "a feed as a session": {"Cookie": cookie(both.feed(OURS, *SCOPES))},
        "a session that nobody has": {"Cookie": cookie(new_secret(SESSION, OURS))},
        "a session that is over": {"Cookie": cookie(ended(both))},
        "a session beside a bad key": {"Cookie": cookie(session), **bearer(unknown)},
        "a session beside a bad scheme": {
            "Cookie": cookie(session),
            "Authorization": "Basic x",
        },
    }


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def revoked(both: TwoLedgers) -> str:
    with both.client(OURS) as owner:
        asked = {"name": "gone", "scopes": list(SCOPES)}
        made = owner.post("/v1/keys", json=asked).json()
        assert owner.delete(f"/v1/keys/{made['id']}").status_code == 204
    return str(made["key"])


def ended(both: TwoLedgers) -> str:
    session = both.session(OURS, *SCOPES)
    with both.anonymous(Cookie=cookie(session)) as browser:
        form = {"token": token_of(session)}
        assert browser.post("/logout", data=form).status_code == 303
    return session


def ended_feed(both: TwoLedgers) -> str:
    token = both.feed(OURS, *SCOPES)
    both.paced.app.state.sessions.end_feed(THEIRS, token)
    both.paced.app.state.sessions.end_feed(OURS, token)
    return token


def told(answer: httpx2.Response) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but what every answer has of its own."""
    own = {"x-request-id", "date"}
    headers = {k: v for k, v in answer.headers.items() if k not in own}
    return answer.status_code, headers, answer.content
