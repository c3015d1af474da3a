"""The state machine: one definition, compiled once, walked by every dialogue."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from toolweave.graph.deciding import adecide, aroute_deciding, decide, route_deciding
from toolweave.graph.nodes import aact, act, aremember, remember
from toolweave.graph.routing import NODE_FOR_ACT, aroute, route
from toolweave.graph.setting import Setting
from toolweave.graph.state import State

Machine = CompiledStateGraph[State, Setting, State, State]
AGENTS = tuple(dict.fromkeys(NODE_FOR_ACT.values()))


def build(
    *,
    waiting: bool = False,
    checkpointer: BaseCheckpointSaver[Any] | None = None,
    stepping: bool = False,
    deciding: bool = False,
) -> Machine:
    """Compile the machine: router → {user, clarification, tool, summary} → memory → router.

    Args:
        waiting: agents may wait for a server (``ainvoke``); otherwise nothing waits (``invoke``).
        checkpointer: where sessions are kept; none for batches.
        stepping: stop after every recorded step.
        deciding: the assistant chooses its acts in a node of its own: router → decide → router.
    """
    builder = StateGraph(State, context_schema=Setting)
    wire(builder, START, waiting=waiting, deciding=deciding)
    return builder.compile(
        checkpointer=checkpointer,
        interrupt_after=["memory"] if stepping else None,
        name="toolweave",
    )


def wire(
    builder: StateGraph[State, Setting, Any, Any],
    start: str,
    *,
    waiting: bool,
    deciding: bool = False,
) -> None:
    """Add the agents, memory and the edges between them; the first step is routed to from start."""
    ends: dict[Any, str] = {name: name for name in AGENTS} | {"__end__": END}
    router: Callable[[State], Any] = aroute if waiting else route
    if deciding:
        router = aroute_deciding if waiting else route_deciding
        builder.add_node("decide", adecide if waiting else decide)
        ends["decide"] = "decide"
        builder.add_conditional_edges("decide", router, ends)
    builder.add_conditional_edges(start, router, ends)
    for name in AGENTS:
        builder.add_node(name, aact if waiting else act)
        builder.add_edge(name, "memory")
    builder.add_node("memory", aremember if waiting else remember)
    builder.add_conditional_edges("memory", router, ends)


def recursion_limit(setting: Setting) -> int:
    """How many supersteps a run may take: two for each step, its agent and memory, and a few.

    Every step may bring a decision, and a decision a further call.
    """
    each = 5 if setting.deciding else 2
    return each * len(setting.stage.steps) + 5


@lru_cache(maxsize=4)
def compiled(waiting: bool, deciding: bool = False) -> Machine:
    """The machine without checkpoints, compiled once per process."""
    return build(waiting=waiting, deciding=deciding)
