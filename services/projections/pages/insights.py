"""Partners side by side, and all of them over time."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from services.projections.pages.asking import Asking, Json
from services.projections.pages.charts.months import Layer
from services.projections.pages.finding import names_of
from services.projections.pages.partner import spokes_in, spokes_of, wings, wings_of
from services.projections.pages.routes import STAGES, Reader, Text, words_of
from services.projections.pages.showing import show
from services.projections.pages.words import Words

if TYPE_CHECKING:
    from services.projections.pages.remembering import Remembered

router: Final = APIRouter(include_in_schema=False)
SUMS: Final = ("/v1/reciprocity", "/v1/promises", "/v1/wheel", "/v1/breadth")
"""What is summed over the whole ledger."""
CHIPS: Final = 30
PROPOSALS_SHOWN: Final = 10
ROWS_SHOWN: Final = 20
MONTHS_SHOWN: Final = 12
SPOKES_SHOWN: Final = 14
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
    clocks = {"partners": ",".join(chosen), "as_of": as_of, "known_at": known_at}
    asked: list[tuple[str, Json]] = [
        ("/v1/partners", {"sort": "-last_contact", "limit": CHIPS})
    ]
    if chosen:
        asked.append(("/v1/partners", {"partner": chosen}))
    if len(chosen) > 1:
        asked.append(("/v1/compare", clocks))
    recent, *more = await asking.all(*asked)
    some = (item for told in (recent, *more[:1]) for item in told["items"])
    known = {item["partner"]: item for item in some}
    return show(
        request,
        "compare.html",
        words,
        told=more[1] if len(chosen) > 1 else None,
        chosen=chosen,
        known=[*known.values()],
        names={partner: words.called(item) for partner, item in known.items()},
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
    remembered: Remembered = request.app.state.remembered
    at, year = {"as_of": as_of}, {"as_of": as_of, "limit": 1000}
    sums = (remembered.get(asking, grant.ledger, path, **at) for path in SUMS)
    (
        both,
        funnel,
        wheel,
        breadth,
        rhythm,
        stages,
        proposals,
        late,
    ) = await asyncio.gather(
        *sums,
        asking.get("/v1/rhythm", **at, limit=ROWS_SHOWN * MONTHS_SHOWN),
        remembered.get(asking, grant.ledger, "/v1/stages", **year),
        asking.get("/v1/proposals", **at, limit=PROPOSALS_SHOWN),
        asking.get("/v1/late", limit=10),
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
        is_some=len(rows) == ROWS_SHOWN,
        again=remembered.seconds_left(grant.ledger),
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
