"""The nodes: functions that let an agent act, or memory record, and return a partial update."""

from collections.abc import Coroutine
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from toolweave.agents.scene import Turn
from toolweave.agents.user import UserAgent
from toolweave.core.errors import ToolweaveError
from toolweave.graph.routing import NODE_FOR_ACT
from toolweave.graph.setting import Setting, agent_of, scene, unpack
from toolweave.graph.state import State
from toolweave.llm.contexts import Utterance
from toolweave.llm.tracing import span

T = TypeVar("T")


def setting_of(state: State, runtime: Runtime[Setting]) -> Setting:
    """The setting the run was given, else the one its state carries."""
    given = runtime.context if runtime.context is not None else unpack(state["setting"])
    return given.following(state)


def act(state: State, runtime: Runtime[Setting]) -> State:
    """Let the agent of this step act, where nothing ever waits."""
    setting = setting_of(state, runtime)
    if played(setting, state):
        return {"turn": by_hand(setting, state)}
    with _acting(state):
        return {"turn": driven(agent_of(setting, state).act(scene(setting, state)))}


async def aact(state: State, runtime: Runtime[Setting]) -> State:
    """Let the agent of this step act, with a model server that makes it wait."""
    setting = setting_of(state, runtime)
    if played(setting, state):
        return {"turn": by_hand(setting, state)}
    with _acting(state):
        return {"turn": await agent_of(setting, state).act(scene(setting, state))}


def _acting(state: State) -> AbstractContextManager[object]:
    """A span around what an agent does, where spans are wanted."""
    act = state["acts"][state["cursor"]]
    return span(f"agent {NODE_FOR_ACT[act]}", act=act, step=state["cursor"] + 1)


def remember(state: State, runtime: Runtime[Setting]) -> State:
    """Record the turn and move on to the next step."""
    setting, turn = setting_of(state, runtime), state["turn"]
    assert turn is not None
    placed = setting.stage.steps[state["cursor"]]
    return {
        "messages": turn["messages"],
        "memory": setting.agents.memory.remember(setting.stage, placed, state["memory"], turn),
        "cursor": state["cursor"] + 1,
        "turn": None,
    }


async def aremember(state: State, runtime: Runtime[Setting]) -> State:
    """``remember`` for the waiting machine, which would send a plain function through a thread."""
    return remember(state, runtime)


def played(setting: Setting, state: State) -> bool:
    """Whether a person takes this step."""
    return setting.human and state["acts"][state["cursor"]].startswith("user_")


def by_hand(setting: Setting, state: State) -> Turn:
    """Stop until a person has spoken; resumed with ``{"utterance": …, "values": {slot: …}}``."""
    at_hand = scene(setting, state)
    given = interrupt({"step": at_hand.placed.number, "act": at_hand.placed.step.act})
    agent = setting.agents.user
    if not isinstance(agent, UserAgent):
        raise ToolweaveError("a person can only take the place of the built-in user agent")
    task = agent.task(at_hand)
    return agent.turn(at_hand, task.accept(Utterance.model_validate(given)))


def driven(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits.

    Raises:
        ToolweaveError: it does wait, and belongs on an event loop.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise ToolweaveError("this generator waits for a server: use asimulate instead of simulate")
