"""Partners side by side, all of them over time, what changed, and the log itself."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from services.foundation.answers import unpack_next
from services.foundation.problems import Problem
from services.projections.pages.asking import Asking, Json, quoted
from services.projections.pages.charts.months import Layer
from services.projections.pages.finding import names_of, which
from services.projections.pages.partner import spokes_in, spokes_of, wings, wings_of
from services.projections.pages.routes import STAGES, Reader, Text, words_of
from services.projections.pages.showing import show
from services.projections.pages.words import Words

router: Final = APIRouter(include_in_schema=False)
CHIPS: Final = 30
ROWS_SHOWN: Final = 40
SPOKES_SHOWN: Final = 14
LATELY: Final = timedelta(days=30)
"""Since when changes are shown that are asked for without a day."""
OLDEST_MONTHS: Final = 36
DARKER: Final = (1, 2, 4, 8)
"""From how many contact days on a month is one step darker."""
STATES: Final = ("made", "open", "accepted", "delivered", "acknowledged", "overdue")


@router.get("/compare")
async def compare(
    request: Request,
    grant: Reader,
    partner: Annotated[list[str] | None, Query(max_length=8)] = None,
    partners: Text = "",
    as_of: Text = "",
    known_at: Text = "",
) -> Response:
    """Two or more relationships side by side."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    chosen = [*(partner or []), *(p for p in partners.split(",") if p)]
    known = await asking.get("/v1/partners", sort="-last_contact", limit=CHIPS)
    listed = {item["partner"] for item in known["items"]}
    others = [partner for partner in chosen if partner not in listed]
    if others:
        more = await asking.get("/v1/partners", partner=others, limit=CHIPS)
        known["items"] += more["items"]
    told = None
    if len(chosen) > 1:
        clocks = {"as_of": as_of, "known_at": known_at}
        told = await asking.get("/v1/compare", partners=",".join(chosen), **clocks)
    return show(
        request,
        "compare.html",
        words,
        told=told,
        chosen=chosen,
        known=known["items"],
        names={item["partner"]: words.called(item) for item in known["items"]},
        spokes_of=spokes_of,
        spokes=spokes,
    )


def spokes(wheel: Mapping[str, int]) -> Sequence[Json]:
    """The most frequent acts of a wheel."""
    most = Counter(wheel).most_common(SPOKES_SHOWN)
    return [{"act": act, "count": count, "thin": False} for act, count in most]


@router.get("/insights")
async def insights(request: Request, grant: Reader, as_of: Text = "") -> Response:
    """All partners over time: rhythm, reciprocity, promises, stages, acts, breadth."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    at = {"as_of": as_of}
    (
        rhythm,
        both,
        funnel,
        stages,
        wheel,
        breadth,
        proposals,
        late,
    ) = await asking.all(
        ("/v1/rhythm", at | {"limit": 1000}),
        ("/v1/reciprocity", at),
        ("/v1/promises", at),
        ("/v1/stages", at | {"limit": 1000}),
        ("/v1/wheel", at),
        ("/v1/breadth", at),
        ("/v1/proposals", at),
        ("/v1/late", {"limit": 10}),
    )
    rows = _rhythm(rhythm["items"])
    named = {row[0] for row in rows}
    named |= {item["partner"] for item in (*proposals["items"], *late["items"])}
    if wheel["largest_partner"]:
        named.add(wheel["largest_partner"]["partner"])
    return show(
        request,
        "insights.html",
        words,
        months=sorted({item["month"] for item in rhythm["items"]}),
        rhythm=rows,
        step_of=step_of,
        wings=wings(both["items"]),
        wings_of=wings_of,
        funnel=funnel["items"],
        overdue=funnel["overdue"],
        states=STATES,
        stages=stages["items"][-OLDEST_MONTHS:],
        stage_names=STAGES,
        layers=layers,
        spokes=spokes_in(wheel["items"]),
        spokes_of=spokes_of,
        wheel=wheel,
        breadth=breadth["items"],
        proposals=proposals["items"],
        late=late["items"],
        names=await names_of(asking, named, words),
        month_words=month_words,
    )


def _rhythm(items: Sequence[Json]) -> Sequence[tuple[str, Mapping[str, Json]]]:
    """By partner its months, those with most contact first."""
    by_partner: dict[str, dict[str, Json]] = defaultdict(dict)
    for item in items:
        by_partner[item["partner"]][item["month"]] = item
    total = {
        p: sum(m["contact_days"] for m in ms.values()) for p, ms in by_partner.items()
    }
    rows = sorted(by_partner.items(), key=lambda row: (-total[row[0]], row[0]))
    return rows[:ROWS_SHOWN]


def month_words(items: Sequence[Json], words: Words) -> list[str]:
    """The months of rows as people write them."""
    return [words.day(item["month"]) for item in items]


def step_of(days: int) -> int:
    """How dark a month is shown in which there were so many days of contact."""
    return sum(days >= least for least in DARKER)


def layers(items: Sequence[Json], named: Mapping[str, str]) -> list[Layer]:
    """How many partners were in each stage, as the chart takes it."""
    return [
        Layer(stage, words, [item[stage] for item in items])
        for stage, words in named.items()
    ]


@router.get("/partners/{partner}/changes")
async def changes(
    request: Request,
    grant: Reader,
    partner: str,
    known_from: Text = "",
    known_to: Text = "",
    as_of: Text = "",
) -> Response:
    """What we know now and did not know then, and which events made the difference."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    before = datetime.now(grant.zone).date() - LATELY
    since = known_from or before.isoformat()
    asked = {"known_from": since, "known_to": known_to, "as_of": as_of}
    told, names = await asyncio.gather(
        asking.get(f"/v1/partners/{quoted(partner)}/changes", **asked),
        names_of(asking, [partner], words),
    )
    name = names.get(partner)
    return show(request, "changes.html", words, told=told, known_from=since, name=name)


@router.get("/log")
async def log(
    request: Request,
    grant: Reader,
    partner: Text = "",
    type: Text = "",  # noqa: A002
    recorded_by: Text = "",
    cursor: Text = "",
) -> Response:
    """The raw log, the newest first, with the newest signed head over it."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    found, _ = await which(asking, partner)
    asked: dict[str, Any] = {
        "partner": found or partner,
        "type": type,
        "recorded_by": recorded_by,
        "cursor": cursor,
        "order": "-position",
        "limit": 50,
    }
    told = await asking.tell("/v1/events", **asked)
    following = told.headers.get("Link")
    types, head, names = await asyncio.gather(
        asking.get("/v1/schemas"),
        _head(asking),
        names_of(asking, (e["partner"] for e in told.body["items"]), words),
    )
    return show(
        request,
        "log.html",
        words,
        events=told.body["items"],
        types=[item["type"] for item in types["items"]],
        more=unpack_next(following, "/log") if following else None,
        head=head,
        names=names,
    )


async def _head(asking: Asking) -> str | None:
    try:
        return await asking.text("/v1/log/checkpoint")
    except Problem as problem:
        if problem.code in {"not-found", "unavailable"}:
            return None
        raise


@router.get("/log/{event}")
async def one_event(request: Request, grant: Reader, event: str) -> Response:
    """One event as recorded, what corrected it, what arose from it, and its proof."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    told, arisen = await asking.all(
        (f"/v1/events/{quoted(event)}", {}), ("/v1/events", {"causation": event})
    )
    return show(
        request,
        "event.html",
        words,
        event=told,
        arisen=arisen["items"],
        proof=await _proof(asking, told["position"]),
        names=await names_of(asking, [told["partner"]], words),
    )


async def _proof(asking: Asking, position: int) -> Json | None:
    try:
        return await asking.get("/v1/log/proof/inclusion", position=position)
    except Problem as problem:
        if problem.code in {"not-found", "unavailable", "invalid"}:
            return None
        raise
