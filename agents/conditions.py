"""The condition of a conditional request as a person would put it: "if it's still open"."""

from collections.abc import Mapping
from typing import Any

from toolweave.agents.scene import Scene
from toolweave.checks.verdicts import verdict
from toolweave.checks.words import Words
from toolweave.core.plan import (
    Decision,
    Plan,
    PlannedCall,
    Segment,
    calls_of,
)
from toolweave.core.tool import Tool
from toolweave.schema.paths import schema_at


def condition(scene: Scene) -> str:
    """What the request of this segment depends on, or an empty string.

    Only a plan with the motif ``conditional`` has one, in the first segment whose first call
    decides.
    """
    plan = scene.stage.plan
    place = plan.wanted(scene.placed.segment)
    if plan.motif != "conditional" or place != _forking(plan):
        return ""
    call, *_ = _calls(plan, plan.segments[place])
    tool = scene.stage.toolset.get(call.tool)
    # What is decided of the elements of a list only lets the plan go on.
    decided = [one for one in plan.decisions if one.call == call.id and "[]" not in one.path]
    # A list from which something is taken is not empty, whatever the plan forks on.
    decided.sort(key=lambda one: one.operator == "not_empty")
    return in_words(decided[0], tool, scene.stage.words) if decided and tool is not None else ""


def _forking(plan: Plan) -> int:
    """The first segment that goes on after a call of which something is decided; -1 for none."""
    decided = {one.call for one in plan.decisions}
    for place, segment in enumerate(plan.segments):
        calls = _calls(plan, segment)
        if len(calls) > 1 and calls[0].id in decided:
            return place
    return -1


def _calls(plan: Plan, segment: Segment) -> list[PlannedCall]:
    """The calls of a segment, each once however often it is attempted."""
    return [call for call in calls_of(segment.steps) if call is plan.call(call.id)]


def in_words(decision: Decision, tool: Tool, words: Words) -> str:
    """A decision as an if-clause without its "if"; empty where it cannot be said well."""
    if decision.operator in ("empty", "not_empty"):
        return "there's nothing" if decision.operator == "empty" else "there is one"
    schema = schema_at(tool.results, decision.path)
    if decision.operator != "==" or not isinstance(schema, Mapping):
        return ""
    if isinstance(decision.value, bool):
        return _flag(decision.path, decision.value, schema, tool, words)
    if isinstance(decision.value, str):
        view = words.field(tool.name, decision.path, schema)
        said = view.value_words().get(decision.value, ())
        return f"it's {said[0] if said else decision.value.replace('_', ' ').casefold()}"
    return ""


def _flag(path: str, value: bool, schema: Mapping[str, Any], tool: Tool, words: Words) -> str:
    view = words.field(tool.name, path, schema)
    said = view.words.words.get(str(value).lower(), ()) if view.prepared else ()
    return f"it's {said[0]}" if said else verdict(view.name, value)
