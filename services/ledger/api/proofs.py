"""GET /v1/log/…: signed heads of the tree over the log, and proofs in it."""

import base64
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from contracts.answers import ConsistencyAnswer, InclusionAnswer, ProblemAnswer
from contracts.saying import Said
from services.foundation.access import Grant, may_read
from services.foundation.answers import Answer, respond, respond_text
from services.foundation.describing.shared import refer
from services.foundation.problems import Problem
from services.ledger.integrity.reading import Halted, Newest, TreeReader

router: Final = APIRouter(tags=["proofs"])
MOST: Final = 2**62
ALTERED: Final = Said(
    "The tree was found altered, and nothing more is handed out of it. "
    "The log of the tree's worker says where."
)
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemAnswer, "description": description}
    for status, description in (
        (401, "No valid key"),
        (403, "The key lacks the scope"),
        (404, "Nothing is signed yet"),
        (406, "No such format of the answer"),
        (422, "A parameter is not valid"),
        (429, "The key asks too often"),
        (503, "The tree was found altered, or the database does not answer"),
    )
}
PROBLEMS[404]["headers"] = refer(("Retry-After",))
Reader = Annotated[Grant, Depends(may_read)]
Size = Annotated[int | None, Query(ge=1, le=MOST, description="Default: newest head.")]


@router.get("/v1/log/checkpoint", responses=PROBLEMS, response_class=PlainTextResponse)
def get_checkpoint(request: Request, grant: Reader) -> Response:
    """The newest signed head: a C2SP checkpoint in a signed note."""
    newest = _newest(request, grant)
    return respond_text(request, newest.note, newest.size)


@router.get("/v1/log/key", responses=PROBLEMS, response_class=PlainTextResponse)
def get_key(request: Request, grant: Reader) -> Response:
    """The verifier key of the ledger's heads, as signed notes name it; newest first."""
    newest = _newest(request, grant)
    keys = _tree(request).verifiers(grant.ledger)
    return respond_text(request, "".join(f"{key}\n" for key in keys), newest.size)


@router.get(
    "/v1/log/proof/inclusion", responses=PROBLEMS, response_model=InclusionAnswer
)
def prove_inclusion(
    request: Request,
    grant: Reader,
    position: Annotated[int, Query(ge=1, le=MOST)],
    size: Size = None,
) -> Response:
    """That the event at a position is in the tree of a size."""
    of = _size(request, grant, size)
    if position > of:
        raise _beyond("position", of)
    proof = _tree(request).inclusion(grant.ledger, position - 1, of)
    body = {
        "size": proof.size,
        "index": proof.index,
        "leaf_hash": _told(proof.leaf),
        "hashes": [_told(each) for each in proof.hashes],
    }
    return respond(request, Answer(body, of))


@router.get(
    "/v1/log/proof/consistency", responses=PROBLEMS, response_model=ConsistencyAnswer
)
def prove_consistency(
    request: Request,
    grant: Reader,
    older: Annotated[int, Query(alias="from", ge=0, le=MOST)],
    newer: Annotated[int | None, Query(alias="to", ge=1, le=MOST)] = None,
) -> Response:
    """That the tree of one size grew out of the tree of another."""
    to = _size(request, grant, newer)
    if older > to:
        raise _beyond("from", to)
    hashes = _tree(request).consistency(grant.ledger, older, to)
    body = {"from": older, "to": to, "hashes": [_told(each) for each in hashes]}
    return respond(request, Answer(body, to))


def _tree(request: Request) -> TreeReader:
    tree: TreeReader = request.app.state.tree
    return tree


def _newest(request: Request, grant: Grant) -> Newest:
    try:
        found = _tree(request).newest(grant.ledger)
    except Halted:
        raise Problem("unavailable", ALTERED) from None
    if found is None:
        detail = Said(
            "Nothing of this ledger is signed yet; a head follows in seconds."
        )
        raise Problem("not-found", detail, headers={"Retry-After": "5"})
    return found


def _size(request: Request, grant: Grant, asked: int | None) -> int:
    newest = _newest(request, grant)
    if asked is None:
        return newest.size
    if asked > newest.leaves:
        raise _beyond("size", newest.size)
    return asked


def _beyond(name: str, size: int) -> Problem:
    errors = [
        (
            f"/query/{name}",
            Said("lies beyond the tree, whose newest head is {size}", size=size),
        )
    ]
    return Problem("invalid", Said("See errors."), errors=errors)


def _told(hash_: bytes) -> str:
    return base64.b64encode(hash_).decode()
