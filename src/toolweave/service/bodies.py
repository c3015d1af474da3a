"""What requests hold, and what answers look like in the API's document."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from toolweave.core.model import JsonObject, JsonValue
from toolweave.graph.faults import FaultProfile
from toolweave.memory.tokens import LONGEST

MOST_CALLS: Final = 64
MOST_TEXT: Final = 20_000
_MOST_SEED: Final = 2**53 - 1

Token = Annotated[str, StringConstraints(max_length=LONGEST)]
Text = Annotated[str, StringConstraints(max_length=MOST_TEXT)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Seed = Annotated[int, Field(ge=0, le=_MOST_SEED)]


class Body(BaseModel):
    """A request, closed against unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Opening(Body):
    """What a dialogue is about; with a token it may be left out, and may not differ.

    ``plan`` is a shipped plan's name or a plan, ``goal`` a goal that a plan is made for,
    ``toolset`` a shipped toolset's name, a toolset or a list of functions.
    """

    token: Token | None = None
    plan: Name | JsonObject | None = None
    goal: JsonObject | None = None
    toolset: Name | JsonObject | list[JsonObject] | None = None
    seed: Seed | None = None


class AskedCall(Body):
    """One call by the caller; ``arguments`` may be JSON text, as chat protocols send it."""

    name: Annotated[str, StringConstraints(max_length=256)]
    arguments: JsonObject | Text = Field(default_factory=dict)
    id: Annotated[str, StringConstraints(max_length=128)] = ""


class TurnRequest(Opening):
    """One turn. What it needs depends on ``mode``."""

    mode: Literal["plan", "tools", "user", "assistant"]
    utterance: Text | None = None
    values: dict[Name, JsonValue] | None = None
    tool_calls: Annotated[list[AskedCall], Field(max_length=MOST_CALLS)] | None = None
    faults: FaultProfile | None = None


class ToolRequest(Opening):
    """One simulated call."""

    arguments: JsonObject = Field(default_factory=dict)
    faults: FaultProfile | None = None


class ChatMessage(BaseModel):
    """A message of the chat protocol; what it holds beside its text is not read."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[JsonObject] | None = None


class CompletionRequest(BaseModel):
    """A chat completion in which the simulated user is the model.

    ``model`` is a shipped plan's name, if need be with a seed: ``ecommerce_gift@7``. What one says
    to the user has the role ``user``; what the user said comes back with the role ``assistant``.
    ``metadata`` may hold a ``token`` and a ``stop_marker``, ``toolweave`` what ``Opening`` holds.
    """

    model_config = ConfigDict(extra="ignore")

    model: Name
    messages: Annotated[list[ChatMessage], Field(max_length=500)]
    stream: bool = False
    metadata: dict[Name, Text] | None = None
    toolweave: Opening | None = None


class ToolCallAnswer(BaseModel):
    """A call with its result; ``ok`` is false where the result is an error."""

    id: str
    name: str
    arguments: dict[str, Any]
    result: Any
    ok: bool


class UsageAnswer(BaseModel):
    """What a model was asked for; nothing offline."""

    calls: int
    prompt_tokens: int
    completion_tokens: int


class TurnAnswer(BaseModel):
    """The messages that a turn added, its calls, and the token that the next turn goes on from.

    ``outcome`` says how a simulated user who is finished went: ``done`` or ``gave_up``.
    """

    token: str
    mode: str
    turn: int
    seed: int
    messages: list[dict[str, Any]]
    tool_calls: list[ToolCallAnswer]
    finished: bool
    outcome: str
    usage: UsageAnswer


class ToolAnswer(BaseModel):
    """The result of one call."""

    token: str
    name: str
    result: Any
    ok: bool


class DialogueAnswer(BaseModel):
    """A dialogue so far, with the exact sequence of its calls."""

    id: str
    plan: str
    seed: int
    turns: int
    finished: bool
    tools: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    calls: list[ToolCallAnswer]


class ProblemAnswer(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, Any]] = []
