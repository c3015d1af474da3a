"""One step as an agent sees it, and what the agent gives back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NotRequired, Protocol, TypedDict

from toolweave.agents.stage import Stage
from toolweave.core.model import JsonValue
from toolweave.core.plan import PlacedStep
from toolweave.llm.contexts import Cast, Line
from toolweave.llm.generator import Generator
from toolweave.memory.resolving import Session
from toolweave.memory.state import MemoryState, Proposal
from toolweave.schema.types import json_bytes

MessageDict = dict[str, Any]


class Telling(TypedDict):
    """A value the user stated: ``content[start:end]`` of message number ``message``."""

    slot: str
    value: JsonValue
    message: int
    start: int
    end: int


class Called(TypedDict):
    """An answered attempt of a call."""

    call: str
    attempt: int
    tool: str
    arguments: dict[str, Any]
    result: JsonValue
    ok: bool
    message: int


class Turn(TypedDict):
    """What one step adds: messages, and what memory must record of them."""

    messages: list[MessageDict]
    tellings: NotRequired[list[Telling]]
    calls: NotRequired[list[Called]]
    proposals: NotRequired[list[Proposal]]


@dataclass(frozen=True, slots=True)
class Scene:
    """The step at hand with everything an agent may look at. Nothing in it is ever changed."""

    stage: Stage
    cast: Cast
    generator: Generator
    placed: PlacedStep
    messages: Sequence[MessageDict]
    memory: MemoryState

    @property
    def clock(self) -> datetime:
        """The simulated world's present moment."""
        return datetime.fromisoformat(self.memory["world"]["clock"])

    @property
    def session(self) -> Session:
        """The facts that context bindings draw on."""
        return Session(now=self.clock)

    @property
    def turn(self) -> int:
        """The step's number in ``stage.turns``, or its own: who talks with an assistant from
        outside may come to more steps than the plan has.
        """
        return self.stage.turns.get(self.placed.number, self.placed.number)

    def key(self, agent: str, *names: object) -> tuple[object, ...]:
        """Names the random stream of this agent in this step."""
        return (self.cast.seed, agent, self.turn, *names)

    def history(self) -> tuple[Line, ...]:
        """The conversation so far as text, calls and results included."""
        return tuple(_lines(self.messages))

    def message(self, role: str, content: str, *, train: bool, **more: Any) -> MessageDict:
        """A message of this step in the dialogue's own form."""
        return {
            "role": role,
            "content": content,
            "train": train,
            "step": self.placed.number,
            **more,
        }


class Agent(Protocol):
    """Realises the steps of some acts. It has not heard of LangGraph."""

    async def act(self, scene: Scene) -> Turn:
        """The messages of this step, and what memory must record of them."""
        ...


def _lines(messages: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    for message in messages:
        role = str(message["role"])
        if role == "tool":
            yield Line("tool", f"{message.get('name', '')} returned {message['content']}")
            continue
        if message["content"]:
            yield Line(role, str(message["content"]))
        for call in message.get("tool_calls", ()):
            arguments = json_bytes(call["arguments"]).decode()
            yield Line("assistant", f"calls {call['name']} with {arguments}")
