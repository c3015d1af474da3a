"""The condition of a conditional request as a person would put it: "if it's still open"."""

from collections.abc import Mapping
from typing import Any

from toolweave.agents.scene import Scene
from toolweave.checks.verdicts import verdict
from toolweave.checks.words import Words
from toolweave.core.plan import Decision, ToolInvocation
from toolweave.core.tool import Tool
from toolweave.schema.paths import schema_at


def condition(scene: Scene) -> str:
    """What the request of this segment depends on, or an empty string.

    Only a plan with the motif ``conditional`` has one, in the segment whose first call decides.
    """
    plan = scene.stage.plan
    place = plan.wanted(scene.placed.segment)
    calls = [
        call
        for step in plan.segments[place].steps
        if isinstance(step, ToolInvocation)
        for call in step.calls
        if call is plan.call(call.id)
    ]
    if plan.motif != "conditional" or len(calls) < 2:
        return ""
    tool = scene.stage.toolset.get(calls[0].tool)
    taken = {
        getattr(binding, "path", "").partition("[]")[0]
        for call in calls[1:]
        for binding in call.arguments.values()
    }
    for decision in plan.decisions:
        if decision.call != calls[0].id or tool is None:
            continue
        # A list from which something is taken is not empty, whatever the plan forks on.
        alone = sum(one.call == decision.call for one in plan.decisions) == 1
        if decision.operator == "not_empty" and decision.path in taken and not alone:
            continue
        return in_words(decision, tool, scene.stage.words)
    return ""


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
