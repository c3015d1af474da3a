"""The next turn of a plan: its next segment, or what follows one utterance of a person."""

from dataclasses import dataclass, field, replace
from typing import cast

from langchain_core.runnables import RunnableConfig

from toolweave.agents.scene import Scene, Turn
from toolweave.agents.user import UserAgent
from toolweave.core.model import JsonObject
from toolweave.graph.machine import compiled
from toolweave.graph.playing import checked
from toolweave.graph.plays import Play
from toolweave.graph.state import State


@dataclass(frozen=True, slots=True)
class Spoken:
    """A user agent that says what a person typed, if it states what the plan wants stated."""

    utterance: str
    values: JsonObject = field(default_factory=dict)

    async def act(self, scene: Scene) -> Turn:
        """The person's words and their mentions.

        Raises:
            Unacceptable: the words do not state the values, or a value does not fit.
        """
        return UserAgent().turn(scene, checked(scene, self.utterance, self.values))


def segment_end(play: Play) -> int:
    """The number of the last step of the segment at hand."""
    steps, cursor = play.setting.stage.steps, play.state["cursor"]
    segment = steps[cursor].segment
    return max(placed.number for placed in steps if placed.segment == segment)


def turn_end(play: Play) -> int:
    """The number of the last step before the user speaks again, or of the segment."""
    acts, cursor = play.state["acts"], play.state["cursor"]
    end = segment_end(play)
    later = (at for at in range(cursor + 1, end) if acts[at].startswith("user_"))
    return next(later, end)


async def next_turn(play: Play, spoken: Spoken | None, *, waiting: bool) -> State:
    """The state after the next segment, or after the answer to what a person said.

    Args:
        play: a plan that is not at its end.
        spoken: the person's words; None lets the simulated user speak.
        waiting: the generator waits for a server.

    Raises:
        Unacceptable: the person's words do not state what they should.
        ToolweaveError: a step could not be realised.
    """
    setting, acts = play.setting, play.state["acts"]
    end = segment_end(play) if spoken is None else turn_end(play)
    if spoken is not None:
        setting = replace(setting, agents=replace(setting.agents, user=spoken))
    before: State = {**play.state, "acts": acts[:end]}
    limit: RunnableConfig = {"recursion_limit": 2 * (end - play.state["cursor"]) + 5}
    machine = compiled(waiting)
    if waiting:
        walked = await machine.ainvoke(before, limit, context=setting)
    else:
        # Nothing waits, and without a loop the machine is faster.
        walked = machine.invoke(before, limit, context=setting)
    return {**cast(State, walked), "acts": acts}
