"""Walking one plan from its first step to its last, at once or step by step."""

from collections.abc import AsyncIterator, Iterator
from typing import cast

from toolweave.graph.machine import compiled, recursion_limit
from toolweave.graph.setting import Setting, opening
from toolweave.graph.state import State


def walk(setting: Setting) -> State:
    """The final state, for generators that never wait.

    Raises:
        ToolweaveError: a step could not be realised.
    """
    limit = recursion_limit(setting)
    return cast(
        State,
        compiled(False, setting.deciding).invoke(
            opening(setting), {"recursion_limit": limit}, context=setting
        ),
    )


async def awalk(setting: Setting) -> State:
    """The final state, for generators that wait.

    Raises:
        ToolweaveError: a step could not be realised.
    """
    limit = recursion_limit(setting)
    return cast(
        State,
        await compiled(True, setting.deciding).ainvoke(
            opening(setting), {"recursion_limit": limit}, context=setting
        ),
    )


def watch(setting: Setting) -> Iterator[State]:
    """The state after every recorded step, for generators that never wait."""
    limit = recursion_limit(setting)
    seen = 0
    for state in compiled(False, setting.deciding).stream(
        opening(setting), {"recursion_limit": limit}, context=setting, stream_mode="values"
    ):
        if state["cursor"] > seen:
            seen = state["cursor"]
            yield cast(State, state)


async def awatch(setting: Setting) -> AsyncIterator[State]:
    """The state after every recorded step, for generators that wait."""
    limit = recursion_limit(setting)
    seen = 0
    async for state in compiled(True, setting.deciding).astream(
        opening(setting), {"recursion_limit": limit}, context=setting, stream_mode="values"
    ):
        if state["cursor"] > seen:
            seen = state["cursor"]
            yield cast(State, state)
