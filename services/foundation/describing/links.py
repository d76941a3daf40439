"""Which answer leads to which question, so that tools can walk on."""

from typing import Final, NamedTuple

from services.foundation.describing.operations import Document, operations


class Link(NamedTuple):
    """From an answer of an operation to another operation."""

    after: str
    status: str
    to: str
    parameter: str
    value: str


READS: Final = (
    *("get_partner", "get_balance", "get_postings", "get_stages", "get_history"),
    "get_changes",
)
EVERY_PARTNER: Final = tuple(
    Link(after, status, to, "partner", f"$response.body#{pointer}")
    for after, status, pointer in (
        ("record", "201", "/partner"),
        ("get_partners", "200", "/items/0/partner"),
    )
    for to in READS
)
LINKS: Final = (
    *EVERY_PARTNER,
    Link("record", "201", "get_event", "id", "$response.body#/id"),
    Link("record", "201", "list_events", "partner", "$response.body#/partner"),
    Link("record", "201", "prove_inclusion", "position", "$response.body#/position"),
    Link(
        "record_batch", "200", "list_events", "min_position", "$response.body#/position"
    ),
    Link("list_events", "200", "get_event", "id", "$response.body#/items/0/id"),
    Link("create_key", "201", "revoke_key", "id", "$response.body#/id"),
    Link("list_schemas", "200", "get_schema", "type", "$response.body#/items/0/type"),
    Link(
        "get_alliances",
        "200",
        "get_alliance",
        "alliance",
        "$response.body#/items/0/alliance",
    ),
    *(
        Link("get_projections", "200", to, "name", "$response.body#/items/0/name")
        for to in ("post_rebuild", "post_resume")
    ),
    Link("post_rebuild", "202", "delete_rebuild", "name", "$request.path.name"),
)


def add_links(document: Document) -> None:
    """Say the links between operations that the document has."""
    known = {e.name: e.content for e in operations(document)}
    for link in LINKS:
        if link.after in known and link.to in known:
            response = known[link.after]["responses"][link.status]
            response.setdefault("links", {})[link.to] = {
                "operationId": link.to,
                "parameters": {link.parameter: link.value},
            }
