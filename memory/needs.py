"""What a plan needs of one call's result: what later calls take from it, and its branch."""

from typing import NamedTuple

from toolweave.core.binding import Selector, ToolOutputBinding
from toolweave.core.plan import Decision, Plan, PlannedCall
from toolweave.core.tool import Tool, Toolset
from toolweave.schema.conditional import requirements, triggers
from toolweave.schema.merging import merge
from toolweave.schema.paths import schema_at
from toolweave.schema.refs import inline
from toolweave.schema.types import Schema, as_mapping

BOUNDS = frozenset({"minItems", "maxItems"})


class Need(NamedTuple):
    """``demands`` by output path are the schemas of the parameters that take it; ``picks`` are the
    selectors used on it; ``decisions`` are the plan's for this call.
    """

    demands: dict[str, Schema]
    picks: tuple[tuple[str, Selector], ...]
    decisions: tuple[Decision, ...]


NOTHING = Need({}, (), ())


def needs(plan: Plan, tools: Toolset) -> dict[str, Need]:
    """For every call id of the plan, what the rest of the plan needs of its result."""
    demands: dict[str, dict[str, Schema]] = {}
    picks: dict[str, list[tuple[str, Selector]]] = {}
    for call in plan.meant():
        demands.setdefault(call.id, {})
        picks.setdefault(call.id, [])
        tool = tools.get(call.tool)
        for path, binding in call.arguments.items():
            if not isinstance(binding, ToolOutputBinding):
                continue
            wanted = schema_at(tool.parameters, path) if tool is not None else None
            alone: Schema = True
            if tool is not None and wanted is not None:
                alone = _harmless(inline(wanted, tool.parameters), tool, path, call)
            held = demands.setdefault(binding.call, {})
            if binding.select.kind == "all" and "[]" in binding.path:
                array, _, rest = binding.path.partition("[]")
                bounds = {key: as_mapping(alone)[key] for key in BOUNDS if key in as_mapping(alone)}
                if bounds and "[]" in rest:
                    # All elements of lists within lists: their number is told for a single list.
                    held[array] = {"maxItems": 1}
                    array = binding.path.rpartition("[]")[0]
                if bounds:
                    held[array] = merge(held.get(array, True), bounds)
                alone = schema_at(alone, "[]") or True
            old = held.get(binding.path)
            held[binding.path] = alone if old is None else merge(old, alone)
            picks.setdefault(binding.call, []).append((binding.path, binding.select))
    made = {name: tuple(d for d in plan.decisions if d.call == name) for name in demands}
    return {
        name: Need(held, tuple(picks.get(name, ())), made[name]) for name, held in demands.items()
    }


def _harmless(schema: Schema, tool: Tool, path: str, call: PlannedCall) -> Schema:
    """The schema without the choices that would make an argument necessary which is not bound."""
    node = as_mapping(schema)
    choices = node.get("enum", (True, False) if node.get("type") == "boolean" else ())
    if not choices or not triggers(tool.parameters, path):
        return schema
    bound = tuple(call.arguments)
    kept = [
        value for value in choices
        if not requirements(tool.parameters, {path: value}, bound).required - {*bound}
    ]  # fmt: skip
    return {**node, "enum": kept} if kept and len(kept) < len(choices) else schema
