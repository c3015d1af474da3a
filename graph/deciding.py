"""The node for a decision at run time: after the user spoke, the assistant chooses its next act.

It exists only in machines of strategies that decide while the dialogue runs.
"""

from typing import Literal

from langgraph.runtime import Runtime

from toolweave.graph.nodes import driven, setting_of
from toolweave.graph.routing import Route, route
from toolweave.graph.setting import Setting, scene
from toolweave.graph.state import State
from toolweave.planners.deciding import Crossroads, next_act, ways

DecidingRoute = Route | Literal["decide"]


def route_deciding(state: State) -> DecidingRoute:
    """``route``, but the decision comes first where the assistant's turn begins."""
    acts, cursor = state["acts"], state["cursor"]
    begins = 0 < cursor < len(acts) and acts[cursor - 1].startswith("user_")
    return "decide" if begins and state.get("decided") != cursor else route(state)


async def aroute_deciding(state: State) -> DecidingRoute:
    """``route_deciding`` for the waiting machine."""
    return route_deciding(state)


async def adecide(state: State, runtime: Runtime[Setting]) -> State:
    """Let the assistant choose, and let the plan follow its choice."""
    setting, cursor = setting_of(state, runtime), state["cursor"]
    offered = ways(setting.stage.plan, setting.stage.toolset, cursor + 1)
    if len(offered) < 2:
        return {"decided": cursor}
    at_hand = scene(setting, state)
    seen = Crossroads(
        tools=tuple(setting.stage.shown()),
        lines=tuple(f"{line.role}: {line.text}" for line in at_hand.history()[1:]),
        acts=tuple(offered),
    )
    plan = offered[await next_act(seen, setting.generator, at_hand.key("decide"))]
    if plan is setting.stage.plan:
        return {"decided": cursor}
    acts: list[str] = [placed.step.act for placed in plan.steps()]
    return {"decided": cursor, "redirected": plan.dump(), "acts": acts}


def decide(state: State, runtime: Runtime[Setting]) -> State:
    """``adecide`` where nothing ever waits."""
    return driven(adecide(state, runtime))
