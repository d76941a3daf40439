"""The page of one partner: its story, its stages, its balance, its wheel."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from services.projections.pages.asking import Asking, Json
from services.projections.pages.charts.bars import Part, Wings
from services.projections.pages.charts.wheel import Spoke
from services.projections.pages.routes import STAGES, Reader, Text, words_of
from services.projections.pages.showing import show

router: Final = APIRouter(include_in_schema=False)
ZERO: Final = Decimal(0)
STEPS_SHOWN: Final = 60
SPOKES_SHOWN: Final = 14


@router.get("/partners/{partner}")
async def partner_page(
    request: Request,
    grant: Reader,
    partner: str,
    as_of: Text = "",
    known_at: Text = "",
    whole: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """How the alliance with a partner developed, as of a day and as known at one."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    clocks = {"as_of": as_of, "known_at": known_at}
    at = f"/v1/partners/{partner}"
    told, stages, balance = await asking.all(
        (at, clocks), (f"{at}/stages", clocks), (f"{at}/balance", clocks)
    )
    story = await _story(asking, f"{at}/history", clocks)
    spokes = await _spokes(asking, partner, told, clocks) if not known_at else []
    shown = story if whole else story[:STEPS_SHOWN]
    return show(
        request,
        "partner.html",
        words,
        partner=told,
        stages=stages,
        stage_names=STAGES[:-1],
        reached=reached(stages),
        wings=[wings(item) for item in balance["items"]],
        balance=balance["items"],
        story=shown,
        left_out=len(story) - len(shown),
        spokes=spokes,
        spokes_of=spokes_of,
        wings_of=wings_of,
    )


async def _story(asking: Asking, path: str, clocks: Mapping[str, object]) -> list[Json]:
    """Everything that happened, the newest first."""
    found: list[Json] = []
    cursor: str | None = None
    while True:
        told = await asking.tell(path, **clocks, limit=1000, cursor=cursor)
        found += told.body["items"]
        link = told.headers.get("Link")
        if link is None:
            return found[::-1]
        cursor = link.partition("cursor=")[2].partition(">")[0]


async def _spokes(
    asking: Asking, partner: str, told: Json, clocks: Mapping[str, object]
) -> Sequence[Json]:
    """The acts of both sides, the most frequent first: act, count, attempts."""
    contacts = told.get("contacts") or {}
    first = contacts.get("first")
    asked = {"partner": partner, "from": first, "as_of": clocks["as_of"]}
    wheel = await asking.get("/v1/wheel", **asked)
    counts: Counter[str] = Counter()
    attempts: Counter[str] = Counter()
    for item in wheel["items"]:
        counts[item["act"]] += item["count"]
        attempts[item["act"]] += item["thin_count"]
    total = counts + attempts
    return [
        {"act": act, "count": counts[act] or attempts[act], "thin": not counts[act]}
        for act, _ in total.most_common(SPOKES_SHOWN)
    ]


def spokes_of(rows: Sequence[Json], words: Callable[[str], object]) -> list[Spoke]:
    """The rows as the chart takes them."""
    return [
        Spoke(str(words(row["act"])).strip(), row["count"], row["thin"]) for row in rows
    ]


def reached(stages: Json) -> Mapping[str, Json]:
    """By stage: the row of the history that entered it last in this episode."""
    current = stages["current"]
    if current is None:
        return {}
    episode = current["episode"]
    rows = (row for row in stages["history"] if row["episode"] == episode)
    return {row["stage"]: row for row in rows}


def wings(item: Json) -> Mapping[str, Any]:
    """What was given and received in a unit, by what is known of it."""
    return {
        "unit": item["unit"],
        "given": _amounts(item["given"]),
        "received": _amounts(item["received"]),
    }


def _amounts(side: Mapping[str, str]) -> Mapping[str, Decimal]:
    promised = sum(
        (Decimal(side[name]) for name in ("offered", "accepted", "outstanding")), ZERO
    )
    waiting = Decimal(side["awaiting"]) + Decimal(side["disputed"])
    return {
        "acknowledged": Decimal(side["acknowledged"]),
        "awaiting": waiting,
        "promised": promised,
    }


def wings_of(
    rows: Sequence[Mapping[str, Any]], named: Mapping[str, str]
) -> list[Wings]:
    """The rows as the chart takes them; `named` are the words of each kind."""
    return [
        Wings(row["unit"], _parts(row["given"], named), _parts(row["received"], named))
        for row in rows
    ]


def _parts(amounts: Mapping[str, Decimal], named: Mapping[str, str]) -> list[Part]:
    return [Part(amounts[kind], kind, words) for kind, words in named.items()]
