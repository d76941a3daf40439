"""Partners side by side, all of them over time, what changed, and the log itself."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from services.foundation.answers import unpack_next
from services.foundation.problems import Problem
from services.projections.pages.asking import Asking, Json
from services.projections.pages.charts.months import Layer, Row
from services.projections.pages.partner import reached, spokes_of, wings, wings_of
from services.projections.pages.routes import STAGES, Reader, Text, words_of
from services.projections.pages.showing import show

router: Final = APIRouter(include_in_schema=False)
CHIPS: Final = 30
ROWS_SHOWN: Final = 40
SPOKES_SHOWN: Final = 14
OLDEST_MONTHS: Final = 36
STATES: Final = ("made", "open", "accepted", "delivered", "acknowledged", "overdue")


@router.get("/compare")
async def compare(
    request: Request,
    grant: Reader,
    partner: Annotated[list[str] | None, Query(max_length=8)] = None,
    partners: Text = "",
    as_of: Text = "",
) -> Response:
    """Two or more relationships side by side."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    chosen = [*(partner or []), *(p for p in partners.split(",") if p)]
    known = await asking.get("/v1/partners", sort="-last_contact", limit=CHIPS)
    told = None
    if len(chosen) > 1:
        asked = {"partners": ",".join(chosen), "as_of": as_of}
        told = await asking.get("/v1/compare", **asked)
    return show(
        request,
        "compare.html",
        words,
        told=told,
        chosen=chosen,
        known=known["items"],
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
        names,
    ) = await asking.all(
        ("/v1/rhythm", at | {"limit": 1000}),
        ("/v1/reciprocity", at),
        ("/v1/promises", at),
        ("/v1/stages", at | {"limit": 1000}),
        ("/v1/wheel", at),
        ("/v1/breadth", at),
        ("/v1/proposals", at),
        ("/v1/late", {"limit": 10}),
        ("/v1/partners", {"limit": 1000}),
    )
    named = {item["partner"]: item["name"] for item in names["items"]}
    return show(
        request,
        "insights.html",
        words,
        months=sorted({item["month"] for item in rhythm["items"]}),
        rhythm=_rhythm(rhythm["items"]),
        heat_rows=heat_rows,
        wings=[wings(item) for item in both["items"]],
        wings_of=wings_of,
        funnel=funnel["items"],
        overdue=funnel["overdue"],
        states=STATES,
        stages=stages["items"][-OLDEST_MONTHS:],
        stage_names=STAGES,
        layers=layers,
        spokes=_all_spokes(wheel["items"]),
        spokes_of=spokes_of,
        wheel=wheel,
        breadth=breadth["items"],
        proposals=proposals["items"],
        late=late["items"],
        names=named,
    )


def _rhythm(items: Sequence[Json]) -> list[tuple[str, Mapping[str, Json]]]:
    """By partner its months, those with most contact first."""
    by_partner: dict[str, dict[str, Json]] = defaultdict(dict)
    for item in items:
        by_partner[item["partner"]][item["month"]] = item
    total = {
        p: sum(m["contact_days"] for m in ms.values()) for p, ms in by_partner.items()
    }
    rows = sorted(by_partner.items(), key=lambda row: (-total[row[0]], row[0]))
    return rows[:ROWS_SHOWN]


def heat_rows(
    rows: Sequence[tuple[str, Mapping[str, Json]]],
    months: Sequence[str],
    names: Mapping[str, str],
    hint: str,
) -> list[Row]:
    """The rows as the chart takes them; `hint` takes partner, month and days."""
    return [
        Row(
            names.get(partner, partner),
            [row[month]["contact_days"] for month in months],
            [
                hint % (names.get(partner, partner), m, row[m]["contact_days"])
                for m in months
            ],
        )
        for partner, row in rows
    ]


def layers(items: Sequence[Json], named: Mapping[str, str]) -> list[Layer]:
    """How many partners were in each stage, as the chart takes it."""
    return [
        Layer(stage, words, [item[stage] for item in items])
        for stage, words in named.items()
    ]


def _all_spokes(items: Sequence[Json]) -> Sequence[Json]:
    counts: Counter[str] = Counter()
    for item in items:
        counts[item["act"]] += item["count"]
    return spokes(counts)


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
    asked = {"known_from": known_from, "known_to": known_to, "as_of": as_of}
    path = f"/v1/partners/{partner}/changes"
    told = await Asking(request, words.language).get(path, **asked)
    return show(request, "changes.html", words, told=told, reached=reached)


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
    asked: dict[str, Any] = {
        "partner": partner,
        "type": type,
        "recorded_by": recorded_by,
        "cursor": cursor,
        "order": "-position",
        "limit": 50,
    }
    asking = Asking(request, words.language)
    told = await asking.tell("/v1/events", **asked)
    following = told.headers.get("Link")
    types = await asking.get("/v1/schemas")
    return show(
        request,
        "log.html",
        words,
        events=told.body["items"],
        types=[item["type"] for item in types["items"]],
        more=unpack_next(following, "/log") if following else None,
        head=await _head(asking),
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
        (f"/v1/events/{event}", {}), ("/v1/events", {"causation": event})
    )
    return show(
        request,
        "event.html",
        words,
        event=told,
        arisen=arisen["items"],
        proof=await _proof(asking, told["position"]),
    )


async def _proof(asking: Asking, position: int) -> Json | None:
    try:
        return await asking.get("/v1/log/proof/inclusion", position=position)
    except Problem as problem:
        if problem.code in {"not-found", "unavailable", "invalid"}:
            return None
        raise
