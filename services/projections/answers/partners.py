"""The directory of partners, with the net of each balance."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.canonical import Json, parse_json
from services.foundation.answers import Answer, respond_list, unpack_cursor
from services.foundation.database import statement
from services.foundation.queries import QueryText
from services.projections.answers.balances import read_balances
from services.projections.answers.documentation import PROBLEMS
from services.projections.answers.models.partners import PartnersAnswer
from services.projections.answers.question import Question, asks
from services.projections.answers.streams import read_merges, streams_of

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["partners"])
Listed = Annotated[Question, Depends(asks("directory", past=False))]
Weighed = Annotated[Question, Depends(asks("postings", past=False))]


@router.get("/v1/partners", response_model=PartnersAnswer, responses=PROBLEMS)
def get_partners(
    request: Request,
    listed: Listed,
    weighed: Weighed,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """The partners by id: who they are, and the net of each unit."""
    page = unpack_cursor(cursor, {"partner": str, "top": int})
    top = min(page["top"], listed.position) if page else listed.position
    parameters = listed.parameters(
        after=page["partner"] if page else "", top=top, max_rows=limit + 1
    )
    weighed = weighed.at_most(top)
    with request.app.state.pool.connection() as connection:
        rows = connection.execute(
            statement(HERE, "directory_page"), parameters
        ).fetchall()
        streams = streams_of(read_merges(connection, weighed), [r[0] for r in rows])
        nets: dict[str, dict[str, Json]] = {}
        for balance in read_balances(connection, weighed, streams):
            nets.setdefault(balance["partner"], {})[balance["unit"]] = balance["net"]
    items = [_partner(row, nets.get(row[0], {})) for row in rows[:limit]]
    more = {"partner": rows[limit - 1][0], "top": top} if len(rows) > limit else None
    position = weighed.position
    body = {**weighed.clocks, "items": items}
    headers = {**listed.headers, **weighed.headers}
    answer = Answer(body, position, headers, weighed.unstable)
    return respond_list(request, answer, more)


def _partner(row: tuple[Any, ...], net: dict[str, Json]) -> dict[str, Json]:
    partner, name, names, kind, country, groups, owner = row
    return {
        "partner": partner,
        "name": name,
        "names": parse_json(names),
        "kind": kind,
        "country": country,
        "groups": groups,
        "owner": owner,
        "net": net,
    }
