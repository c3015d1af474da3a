"""How often a dialogue of a plan asks whoever words it."""

from typing import Final

from toolweave.configs.pipeline import Strategy
from toolweave.core.model import JsonObject
from toolweave.planners.auditing import AUDITS
from toolweave.planners.strategies import DECIDING
from toolweave.planners.voting import VOTES

# The acts that are chosen while a dialogue runs.
_DECIDED: Final = frozenset({"tool_invocation", "assistant_clarification"})


def calls_for(plan: JsonObject, strategy: Strategy) -> int:
    """How often a dialogue of the plan asks a model, about: its steps, and what its strategy adds.

    A strategy that audits asks for one reading of the request and for the votes of a majority.
    """
    steps = [step for segment in plan["segments"] for step in segment["steps"]]
    asked = sum(_asks(step) for step in steps)
    if strategy in AUDITS:
        asked += 1 + VOTES // 2 + 1
    if strategy in DECIDING:
        asked += sum(step["act"] in _DECIDED for step in steps)
    return asked


def _asks(step: JsonObject) -> int:
    """How often one step of a plan asks whoever words it."""
    if step["act"] != "tool_invocation":
        return 1
    return sum(call.get("expect", {}).get("outcome", "ok") == "ok" for call in step["calls"])
