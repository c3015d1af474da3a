"""What a plan already knows of a call's arguments, and whether drawing can avoid a requirement."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from operator import attrgetter

from toolweave.checks.plan_index import PlanIndex
from toolweave.core.binding import DefaultBinding, ToolOutputBinding, UserBinding
from toolweave.core.model import JsonValue
from toolweave.core.plan import PlannedCall
from toolweave.schema.conditional import requirements, triggers
from toolweave.schema.parts import covers, parse
from toolweave.schema.types import Schema
from toolweave.schema.validators import validator

# Values of every kind, tried on a guard that is no enum.
_PROBES: tuple[JsonValue, ...] = ("none of these", "", 0, 1, -1, 1_000_000, 0.5, [], {})


def known_values(index: PlanIndex, step: int, call: PlannedCall) -> dict[str, JsonValue]:
    """The values of the call's arguments that the plan fixes before ``step``, and defaults."""
    known: dict[str, JsonValue] = {}
    for path, binding in call.arguments.items():
        if isinstance(binding, UserBinding):
            stated = index.slots.get(binding.slot, [])
            before = bisect_left(stated, step, key=attrgetter("step"))
            if before and stated[before - 1].provision.fixed:
                known[path] = stated[before - 1].provision.value
        schema = index.parameter(call.tool, path)
        if isinstance(binding, DefaultBinding) and isinstance(schema, Mapping):
            known.update({path: schema["default"]} if "default" in schema else {})
    return known


def avoidable(
    index: PlanIndex,
    call: PlannedCall,
    present: Collection[str],
    known: Mapping[str, JsonValue],
    path: str,
) -> bool:
    """Whether a value still to be drawn for one argument makes ``path`` unnecessary."""
    parameters = index.tools[call.tool].parameters
    for guard, binding in call.arguments.items():
        drawn = isinstance(binding, UserBinding | ToolOutputBinding) and guard not in known
        schema = index.parameter(call.tool, guard)
        if not drawn or schema is None or not triggers(parameters, guard):
            continue
        for value in _candidates(schema, parameters):
            needs = requirements(parameters, {**known, guard: value}, present)
            if not _touches(path, {*needs.required, *needs.possible} - {*present}):
                return True
    return False


def _touches(path: str, needed: Collection[str]) -> bool:
    """Whether the path, something in it or something around it is needed."""
    parts = parse(path)
    return any(covers(parts, other) or covers(other, parts) for other in map(parse, needed))


def _candidates(schema: Schema, root: Schema) -> Iterator[JsonValue]:
    """A few values that the schema admits: all of a small enum, otherwise probes."""
    named = schema if isinstance(schema, Mapping) else {}
    choices = (*named.get("enum", ())[:50], True, False, *_PROBES)
    judge = validator(schema, root)
    yield from (value for value in choices if judge.valid(value))
