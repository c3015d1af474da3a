"""Agents that say again what a finished dialogue says, wherever its plan has the same step."""

from typing import Any

from toolweave.agents.recorded import Recorded
from toolweave.agents.scene import Agent, Scene, Turn
from toolweave.agents.tool import ToolAgent
from toolweave.agents.user import UserAgent
from toolweave.core.model import JsonValue
from toolweave.core.plan import PlannedCall, UserRequest
from toolweave.core.tool import Tool
from toolweave.llm.contexts import Utterance
from toolweave.memory.state import MemoryState
from toolweave.schema.types import same


class ReplayingAssistant:
    """Speaks in the recorded words, and has another speak where there are none."""

    def __init__(self, recorded: Recorded, other: Agent) -> None:
        self.recorded, self.other = recorded, other

    async def act(self, scene: Scene) -> Turn:
        """The recorded message, or the other agent's."""
        said = self.recorded.text(scene)
        if said is None:
            return await self.other.act(scene)
        states = [state.dump() for state in said.states]
        message = scene.message("assistant", said.content, train=said.train, states=states)
        return {"messages": [message]}


class ReplayingTool(ToolAgent):
    """Answers a call that was made with the same arguments with the result that it had."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded

    async def result(
        self,
        scene: Scene,
        call: PlannedCall,
        tool: Tool,
        arguments: dict[str, Any],
        memory: MemoryState,
    ) -> tuple[JsonValue, bool]:
        """The recorded result, or a new one where there is none."""
        known = self.recorded.results.get(call.id)
        # A confusable tool that is called in the place of the one meant answers for itself.
        if call.succeeds and known is not None and same(known[0], arguments):
            return known[1], True
        return await super().result(scene, call, tool, arguments, memory)


class RepeatingUser(UserAgent):
    """Says again what was said, where nothing else is planned."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded

    async def act(self, scene: Scene) -> Turn:
        """The recorded message, or a new one where there is none."""
        said, step = self.recorded.stated(scene), scene.placed.step
        # What spells out a tool is put behind the words that are given.
        if said is None or (isinstance(step, UserRequest) and step.supplies):
            return await super().act(scene)
        values = {state.ref: state.value for state in said.states}
        return self.turn(scene, Utterance(utterance=said.content, values=values))
