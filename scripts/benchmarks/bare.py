"""The machine's graph with nodes that do nothing: what LangGraph alone costs."""

from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

from toolweave.graph.machine import AGENTS
from toolweave.graph.routing import aroute, route
from toolweave.graph.state import State


class Counter(TypedDict):
    """The least state that can be routed: what is to be done, and how far it is."""

    acts: list[str]
    cursor: int


def act(state: State) -> dict[str, Any]:
    """An agent that writes its channel and does nothing."""
    return {"turn": None}


def remember(state: State) -> dict[str, Any]:
    """A memory that writes its channels and does nothing."""
    return {
        "messages": [],
        "memory": state["memory"],
        "cursor": state["cursor"] + 1,
        "turn": None,
    }


def count(state: Counter) -> dict[str, Any]:
    """A memory that only moves on."""
    return {"cursor": state["cursor"] + 1}


async def aact(state: State) -> dict[str, Any]:
    """``act`` for ``ainvoke``."""
    return act(state)


async def aremember(state: State) -> dict[str, Any]:
    """``remember`` for ``ainvoke``."""
    return remember(state)


def machine(
    state: type[Any] = State, agent: Any = act, memory: Any = remember, router: Any = route
) -> Any:
    """A compiled graph with the nodes, edges and router of the real one."""
    builder = StateGraph(state)
    ends: dict[Any, str] = {name: name for name in AGENTS} | {"__end__": END}
    builder.add_conditional_edges(START, router, ends)
    for name in AGENTS:
        builder.add_node(name, agent)
        builder.add_edge(name, "memory")
    builder.add_node("memory", memory)
    builder.add_conditional_edges("memory", router, ends)
    return builder.compile()


def waiting() -> Any:
    """The bare machine for ``ainvoke``: all coroutines, which it runs fastest."""
    return machine(State, aact, aremember, aroute)


def counting() -> Any:
    """The barest machine: two channels, and agents that write none."""
    return machine(Counter, lambda _: {}, count)
