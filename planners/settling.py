"""Settling what requirements hang on: a value is fixed, and with it whether they apply."""

import random
from collections.abc import Mapping
from typing import Any

from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.model import JsonValue
from toolweave.core.tool import Tool
from toolweave.planners.planned_call import PlannedArguments, SoFar
from toolweave.schema.conditional import requirements
from toolweave.schema.paths import schema_at
from toolweave.schema.types import Schema


def known_values(made: PlannedArguments, so_far: SoFar) -> dict[str, JsonValue]:
    """The arguments whose values are fixed already."""
    known = {said.parameter: said.fixed[0] for said in made.said if said.fixed}
    fixed = {said.slot: said.fixed[0] for said in so_far.stated.values() if said.fixed}
    for path, binding in made.bindings.items():
        if isinstance(binding, UserBinding) and binding.slot in fixed:
            known[path] = fixed[binding.slot]
        elif isinstance(binding, ToolOutputBinding):
            place = (binding.call, binding.path)
            if place in so_far.decided:
                known[path] = so_far.decided[place]
    return known


def settle(
    made: PlannedArguments,
    tool: Tool,
    possible: Mapping[str, str],
    so_far: SoFar,
    stream: random.Random,
) -> bool:
    """Fix one value on which a requirement hangs; False where there is none to fix."""
    for place, said in enumerate(made.said):
        telling = [] if said.fixed else _telling(made, tool, said.parameter, possible, so_far)
        if telling:
            made.said[place] = said._replace(fixed=(stream.choice(telling),))
            return True
    for path, binding in made.bindings.items():
        if not isinstance(binding, ToolOutputBinding) or "[]" in binding.path:
            continue
        source = so_far.call(binding.call)
        output = schema_at(source.tool.results, binding.path)
        allowed = _choices(output) if output is not None else []
        telling = [
            value
            for value in _telling(made, tool, path, possible, so_far)
            if not allowed or value in allowed
        ]
        if telling and (binding.call, binding.path) not in so_far.decided:
            so_far.decided[(binding.call, binding.path)] = stream.choice(telling)
            return True
    return False


def _telling(
    made: PlannedArguments, tool: Tool, path: str, possible: Mapping[str, str], so_far: SoFar
) -> list[JsonValue]:
    """The values of a parameter that settle something of what may be required."""
    schema = schema_at(tool.parameters, path)
    bound, known = tuple(made.bindings), known_values(made, so_far)
    return [
        value
        for value in (_choices(schema) if schema is not None else [])
        if len(requirements(tool.parameters, {**known, path: value}, bound).possible)
        < len(possible)
    ]


def _choices(schema: Schema) -> list[JsonValue]:
    node: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
    if "enum" in node:
        return list(node["enum"])
    return [True, False] if node.get("type") == "boolean" else []
