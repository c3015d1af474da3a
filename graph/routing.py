"""The router: which node realises the step at hand. A pure function of the state."""

from collections.abc import Mapping
from typing import Final, Literal

from toolweave.graph.state import State

Node = Literal["user", "clarification", "tool", "summary"]
Route = Literal["user", "clarification", "tool", "summary", "__end__"]

NODE_FOR_ACT: Final[Mapping[str, Node]] = {
    "user_request": "user",
    "user_clarification_response": "user",
    "assistant_clarification": "clarification",
    "tool_invocation": "tool",
    "assistant_response": "summary",
}


def route(state: State) -> Route:
    """The node for the step at hand, or the end when every step is realised."""
    acts, cursor = state["acts"], state["cursor"]
    return NODE_FOR_ACT[acts[cursor]] if cursor < len(acts) else "__end__"


async def aroute(state: State) -> Route:
    """``route`` for the waiting machine, which would send a plain function through a thread."""
    return route(state)
