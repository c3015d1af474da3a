"""The machine as LangGraph's own studio opens it: a plan's name and a seed are all it is given."""

from typing import Any, TypedDict, cast

from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from toolweave.graph.machine import wire
from toolweave.graph.preparing import prepare
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
    builder.add_node("opening", cast(Any, begin))
    builder.add_edge(START, "opening")
    wire(builder, "opening", waiting=True)
    return cast("CompiledStateGraph[State, Setting, Any, State]", builder.compile(name="toolweave"))


async def begin(wish: Wish) -> State:
    """The state before the first step, with the whole setting in it.

    Raises:
        InputError: the plan cannot be used.
    """
    stage = prepare(wish.get("plan") or "customer_support_case")
    return opening(set_scene(stage, wish.get("seed", 0), OfflineGenerator()), stored=True)
