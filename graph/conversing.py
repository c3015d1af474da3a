"""A whole conversation between the simulated user, its world and somebody else's assistant.

It goes by the two mechanisms that the service serves one request at a time: ``replying`` for what
the user says, ``worlds`` for what calls return.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Protocol

from toolweave.core.errors import GenerationError
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.score import Outcome
from toolweave.core.tool import Tool
from toolweave.graph.plays import Play
from toolweave.graph.replying import reply
from toolweave.graph.worlds import Ask, answer_calls
from toolweave.llm.assistant import MadeCall, Said

_SILENT: Final = "(no answer)"


class Assistant(Protocol):
    """Says or does the next thing in a conversation."""

    async def next(self, messages: Sequence[JsonObject], tools: Sequence[Tool]) -> Said:
        """The next message; raises GenerationError where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a conversation may be.

    Attributes:
        turns: times that the user speaks.
        rounds: messages with calls in a row, before the assistant has to speak.
    """

    turns: int = 30
    rounds: int = 12


class Conversation(NamedTuple):
    """How it went. ``told`` is what the user stated, by slot."""

    outcome: Outcome
    messages: tuple[JsonObject, ...]
    told: dict[str, JsonValue]
    turns: int
    calls: int
    problem: str = ""


async def converse(play: Play, assistant: Assistant, bounds: Bounds) -> Conversation:
    """Let an assistant talk with the simulated user until one of them ends it.

    Raises:
        ServerError: the assistant cannot be reached.
        ToolweaveError: an utterance or a result could not be made.
    """
    return await _Talk(play, assistant, bounds).run()


class _Talk:
    """The conversation while it goes on."""

    def __init__(self, play: Play, assistant: Assistant, bounds: Bounds) -> None:
        self.play, self.assistant, self.bounds = play, assistant, bounds
        self.tools = play.setting.stage.shown()
        first = play.state["messages"][0]
        self.messages: list[JsonObject] = [{"role": "system", "content": str(first["content"])}]
        self.turns = self.calls = 0

    async def run(self) -> Conversation:
        said = ""
        while True:
            await self.user(said)
            if self.play.finished:
                return self.over("done" if self.play.part["outcome"] == "done" else "gave_up")
            if self.turns >= self.bounds.turns:
                return self.over("endless")
            try:
                spoken = await self.answer()
            except GenerationError as error:
                return self.over("failed", str(error))
            if spoken is None:
                return self.over("looped")
            said = spoken

    async def user(self, said: str) -> None:
        spoken = await reply(self.play, said)
        self.play = replace(self.play, state=spoken.state, part=spoken.progress.dump())
        self.turns += 1
        self.messages.append({"role": "user", "content": spoken.state["messages"][-1]["content"]})

    async def answer(self) -> str | None:
        """What the assistant says when it is done calling; None where it never is."""
        for _ in range(self.bounds.rounds + 1):
            said = await self.assistant.next(self.messages, self.tools)
            if not said.calls:
                text = said.text.strip() or _SILENT
                self.messages.append({"role": "assistant", "content": text})
                return text
            await self.call(said)
        return None

    async def call(self, said: Said) -> None:
        calls = self.named(said.calls)
        asks = [Ask(one.name, one.arguments, one.id) for one in calls]
        done = await answer_calls(self.play, asks, said=said.text)
        self.play = replace(self.play, state=done.state)
        self.calls += len(calls)
        made = [
            {
                "id": one.id, "type": "function",
                "function": {"name": one.name, "arguments": one.arguments},
            }
            for one in calls
        ]  # fmt: skip
        self.messages.append({"role": "assistant", "content": said.text, "tool_calls": made})
        self.messages += [
            {"role": "tool", "tool_call_id": one.id, "content": one.content} for one in done.answers
        ]

    def named(self, calls: Sequence[MadeCall]) -> list[MadeCall]:
        """The calls under ids of their own, where the assistant gave none or one twice."""
        seen: set[str] = set()
        named: list[MadeCall] = []
        for number, one in enumerate(calls, self.calls + 1):
            name = one.id if one.id and one.id not in seen else f"call_{number}"
            seen.add(name)
            named.append(one._replace(id=name))
        return named

    def over(self, outcome: Outcome, problem: str = "") -> Conversation:
        told = {
            slot: one["value"] for slot, one in self.play.state["memory"]["slots"].items()
        }  # fmt: skip
        return Conversation(
            outcome, tuple(self.messages), told, self.turns, self.calls, problem
        )  # fmt: skip
