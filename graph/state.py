"""The state of one dialogue as it walks its plan: plain, small, and never changed in place."""

import operator
from typing import Annotated, Any, TypedDict

from toolweave.agents.scene import MessageDict, Turn
from toolweave.memory.state import MemoryState


class State(TypedDict, total=False):
    """What a checkpoint holds.

    Attributes:
        setting: the plan, toolset, lexicon and seed as plain data, for sessions that outlive their
            process; empty where the run hands a prepared setting over.
        acts: the act of every step, in order.
        cursor: the index of the step at hand.
        messages: the dialogue so far; nodes append to it.
        turn: what the last agent did and memory has not recorded yet.
        redirected: the plan as the assistant's own decisions changed it; absent where it has none.
        decided: the index of the step for which the last decision was made.
        memory: facts with provenance, and the simulated world.
    """

    setting: dict[str, Any]
    acts: list[str]
    cursor: int
    messages: Annotated[list[MessageDict], operator.add]
    turn: Turn | None
    redirected: dict[str, Any]
    decided: int
    memory: MemoryState
