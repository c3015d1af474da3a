"""The machine as LangGraph's own studio opens it: a plan's name and a seed are all it is given."""

from typing import Any, TypedDict, cast

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from toolweave.graph.machine import AGENTS
from toolweave.graph.nodes import aact, aremember
from toolweave.graph.preparing import prepare
from toolweave.graph.routing import aroute
from toolweave.graph.setting import Setting, opening, set_scene
from toolweave.graph.state import State
from toolweave.llm.offline.generator import OfflineGenerator


class Wish(TypedDict, total=False):
    """What a person types into the studio: a plan by shipped name or path, and a seed."""

    plan: str
    seed: int


def machine() -> CompiledStateGraph[State, Setting, Any, State]:
    """The offline machine with one more node in front, which sets the scene."""
    builder = StateGraph(State, context_schema=Setting, input_schema=Wish)
    ends: dict[Any, str] = {name: name for name in AGENTS} | {"__end__": END}
    builder.add_node("opening", cast(Any, begin))
    builder.add_edge(START, "opening")
    builder.add_conditional_edges("opening", aroute, ends)
    for name in AGENTS:
        builder.add_node(name, aact)
        builder.add_edge(name, "memory")
    builder.add_node("memory", aremember)
    builder.add_conditional_edges("memory", aroute, ends)
    return cast("CompiledStateGraph[State, Setting, Any, State]", builder.compile(name="toolweave"))


async def begin(wish: Wish) -> State:
    """The state before the first step, with the whole setting in it.

    Raises:
        InputError: the plan cannot be used.
    """
    stage = prepare(wish.get("plan") or "customer_support_case")
    return opening(set_scene(stage, wish.get("seed", 0), OfflineGenerator()), stored=True)
