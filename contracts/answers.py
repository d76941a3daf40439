"""Bodies that clients receive from the ledger service."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel


class SourceAnswer(BaseModel):
    """Where an imported fact came from."""

    system: str
    ref: str


class EventAnswer(BaseModel):
    """A recorded event; absent members are null."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    id: str
    position: int = Field(description="Gapless within the ledger, from 1")
    partner: str
    version: int = Field(description="Gapless within the partner's stream, from 1")
    type: str
    schema_: int = Field(alias="schema", description="Version of the shape of data")
    occurred_at: str = Field(description="As given")
    occurred_from: str
    occurred_to: str
    recorded_at: str
    recorded_by: str
    causation: str | None
    correlation: str | None
    source: SourceAnswer | None
    data: dict[str, Any]
    completed: dict[str, Any] = Field(description="What the server resolved")


class EventsAnswer(BaseModel):
    """Events in order."""

    items: list[EventAnswer]


class RevisedEventAnswer(EventAnswer):
    """A recorded event, and what later corrected or retracted it."""

    revised_by: list[EventAnswer] = Field(default_factory=list)


class FaultAnswer(BaseModel):
    """Where a request is wrong, and why."""

    pointer: str
    reason: str


class ProblemAnswer(BaseModel):
    """What is wrong (RFC 9457)."""

    type: str
    code: str
    status: int
    title: str
    detail: str
    errors: list[FaultAnswer]


class LineProblem(BaseModel):
    """Why a line of a batch was not recorded."""

    line: int = Field(description="From 1, empty lines counted")
    problem: ProblemAnswer


class BatchAnswer(BaseModel):
    """What a batch came to."""

    recorded: int
    replayed: int
    refused: int
    problems: list[LineProblem]
    position: int


class NewKeyAnswer(BaseModel):
    """A key as it is made."""

    id: str
    key: str = Field(description="The secret; it is shown this once.")


class KeyAnswer(BaseModel):
    """What is known of a key."""

    id: str
    name: str
    scopes: list[str]
    requests_per_second: int | None
    created_at: str
    last_used_at: str | None = Field(description="To the minute")
    revoked_at: str | None


class KeysAnswer(BaseModel):
    """The keys of a ledger, oldest first."""

    items: list[KeyAnswer]


class InclusionAnswer(BaseModel):
    """That an event is in the tree of a size (RFC 9162); hashes in base64."""

    size: int
    index: int = Field(description="Position - 1")
    leaf_hash: str
    hashes: list[str]


class RecordAnswer(RootModel[list[str | int | None]]):
    """The exact record of an event that the tree holds the hash of."""

    model_config = ConfigDict(json_schema_extra={"minItems": 16, "maxItems": 16})


class SchemaAnswer(BaseModel):
    """The JSON Schema of one event type."""

    type: str
    schema_: int = Field(alias="schema", description="Version of the shape of data")
    json_schema: dict[str, Any]


class SchemasAnswer(BaseModel):
    """The JSON Schemas of all event types."""

    items: list[SchemaAnswer]


class HealthAnswer(BaseModel):
    """How a process is."""

    status: Literal["alive", "ready"]


class ConsistencyAnswer(BaseModel):
    """That the tree of one size grew out of another's (RFC 9162); hashes in base64."""

    from_: int = Field(alias="from")
    to: int
    hashes: list[str]
