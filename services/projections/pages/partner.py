"""The page of one partner: its story, its stages, its balance, its wheel."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from services.foundation.answers import unpack_next
from services.projections.pages.asking import Asking, Json, quoted
from services.projections.pages.charts.bars import Part, Wings
from services.projections.pages.charts.wheel import Spoke
from services.projections.pages.finding import our_people, people_of
from services.projections.pages.routes import STAGES, Reader, Text, words_of
from services.projections.pages.showing import Told, show
from services.projections.pages.words import Words

router: Final = APIRouter(include_in_schema=False)
ZERO: Final = Decimal(0)
ACTS_SHOWN: Final = 40
SPOKES_SHOWN: Final = 14


@router.get("/partners/{partner}")
async def partner_page(
    request: Request,
    grant: Reader,
    partner: str,
    as_of: Text = "",
    known_at: Text = "",
    cursor: Text = "",
) -> Response:
    """How the alliance with a partner developed, as of a day and as known at one."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    clocks = {"as_of": as_of, "known_at": known_at}
    at = f"/v1/partners/{quoted(partner)}"
    paged = {"order": "-happened", "limit": ACTS_SHOWN, "cursor": cursor}
    told, stages, balance, story, ours = await asyncio.gather(
        asking.get(at, **clocks),
        asking.get(f"{at}/stages", **clocks),
        asking.get(f"{at}/balance", **clocks),
        asking.tell(f"{at}/history", **clocks, **paged),
        our_people(asking),
    )
    link = story.headers.get("Link")
    return show(
        request,
        "partner.html",
        words,
        partner=told,
        stages=stages,
        stage_names=STAGES[:-1],
        reached=reached(stages),
        wings=wings(balance["items"]),
        benefits=list(benefits(balance["items"])),
        days=days_of(story.body["items"], words),
        earlier=unpack_next(link, f"/partners/{quoted(partner)}") if link else None,
        people={**ours, **people_of(told)},
        goals=_statements(told, "goal"),
        principles=_statements(told, "principle"),
        spokes=await _spokes(asking, partner, told, as_of) if not known_at else [],
        spokes_of=spokes_of,
        wings_of=wings_of,
    )


def days_of(items: Sequence[Json], words: Words) -> list[Json]:
    """The acts of a story by the day they happened on, in their order on a day."""
    days: list[Json] = []
    for item in items:
        told = words.day(item.get("occurred_at") or item["acts_from"])
        if not days or days[-1]["words"] != told:
            days.append({"words": told, "acts": [], "is_step": False})
        days[-1]["acts"].insert(0, item | {"data": Told(item.get("data") or {})})
        days[-1]["is_step"] |= bool(item["effect"]["stages"])
    return days


def _statements(told: Json, kind: str) -> Mapping[str, str]:
    return {item[kind]: item["statement"] for item in told[f"{kind}s"] or ()}


async def _spokes(
    asking: Asking, partner: str, told: Json, as_of: str
) -> Sequence[Json]:
    """The acts of both sides, the most frequent first: act, count, attempts."""
    first = (told.get("contacts") or {}).get("first")
    asked = {"partner": partner, "from": first, "as_of": as_of}
    wheel = await asking.get("/v1/wheel", **asked)
    return spokes_in(wheel["items"])


def spokes_in(items: Sequence[Json]) -> Sequence[Json]:
    """The most frequent acts: how often; attempts stand for what was only tried."""
    counts: Counter[str] = Counter()
    attempts: Counter[str] = Counter()
    for item in items:
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


def wings(items: Sequence[Json]) -> list[Mapping[str, Any]]:
    """What was given and received in each unit, by what is known of it."""
    rows = [
        {
            "unit": item["unit"],
            "given": _amounts(item["given"]),
            "received": _amounts(item["received"]),
        }
        for item in items
    ]
    return [r for r in rows if any((*r["given"].values(), *r["received"].values()))]


def benefits(items: Sequence[Json]) -> Iterator[Json]:
    """What each side gained: the amounts that are known, by how sure they are."""
    for item in items:
        for side in ("us", "partner"):
            for confidence in ("confirmed", "reported", "estimated"):
                amount = item["benefit"][side][confidence]
                if amount != "0":
                    about = {"side": side, "confidence": confidence}
                    yield {"unit": item["unit"], "amount": amount, **about}


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
    rows: Sequence[Mapping[str, Any]],
    named: Mapping[str, str],
    units: Callable[[str], object],
) -> list[Wings]:
    """The rows as the chart takes them; `named` are the words of each kind."""
    return [
        Wings(
            str(units(row["unit"])),
            _parts(row["given"], named),
            _parts(row["received"], named),
        )
        for row in rows
    ]


def _parts(amounts: Mapping[str, Decimal], named: Mapping[str, str]) -> list[Part]:
    return [Part(amounts[kind], kind, words) for kind, words in named.items()]
