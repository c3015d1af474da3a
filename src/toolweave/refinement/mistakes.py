"""Mistakes in one call: a parameter left out, a value of the wrong type, a choice that is none."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from toolweave.core.binding import Binding, DefaultBinding, UserBinding
from toolweave.core.model import JsonValue
from toolweave.core.plan import FaultKind, Plan, UserClarificationResponse, UserRequest
from toolweave.refinement.edit import Source, Unfit
from toolweave.refinement.failure import Failing
from toolweave.refinement.replanning import Site, failed, sites, with_attempts
from toolweave.refinement.sent import Sent, sent
from toolweave.schema.paths import put, schema_at
from toolweave.schema.types import as_mapping
from toolweave.schema.validators import validator

# A list is what a single value is wrapped in by mistake; nobody does so with a letter.
_LONGEST: Final = 60
_EDGES: Final = re.compile(r"^\W+|\W+$")


class _Option(NamedTuple):
    """A mistake that can be made: in which call, with which parameter, and the value sent."""

    site: Site
    path: str
    value: JsonValue = None


def missing_parameter(source: Source, stream: random.Random) -> Failing | Unfit:
    """A required parameter is left out at first."""
    options = [
        _Option(site, path)
        for site in sites(source.plan)
        for path in _required(source, site)
        if path in site.call.arguments
    ]
    if not options:
        return Unfit("no call has a required parameter")
    return _mistaken(source, stream, options, "missing_parameter", "missing_parameter")


def wrong_type(source: Source, stream: random.Random) -> Failing | Unfit:
    """A value is sent in another type than the parameter's."""
    options = list(_wrong_values(source, "type", lambda sent, path: _retyped(sent.values[path])))
    if not options:
        return Unfit("no value could be taken for one of another type")
    return _mistaken(source, stream, options, "wrong_type", "invalid_type")


def invalid_enum(source: Source, stream: random.Random) -> Failing | Unfit:
    """A choice is sent as the user said it, or misspelt, and not as the tool names it."""

    def misspelt(sent: Sent, path: str) -> list[JsonValue]:
        value = sent.values[path]
        if not isinstance(value, str):
            return []
        said = _EDGES.sub("", sent.said.get(path, "")) if source.repeatable else ""
        words = re.sub(r"[_\-]+", " ", value)
        return [*([said] if said else []), words, words.title(), value.upper(), value.title()]

    options = list(_wrong_values(source, "enum", misspelt))
    if not options:
        return Unfit("no parameter has choices")
    return _mistaken(source, stream, options, "invalid_enum", "invalid_enum")


def _mistaken(
    source: Source,
    stream: random.Random,
    options: list[_Option],
    kind: FaultKind,
    code: str,
) -> Failing:
    site, path, value = stream.choice(options)
    attempt = failed(site.call, kind, code, path, value)
    plan = with_attempts(source.plan, site.segment, site.place, [attempt])
    detail = {"call": site.call.id, "tool": site.call.tool, "parameter": path}
    if value is None:
        return Failing(plan, detail)
    binding, right = site.call.arguments[path], sent(source.dialogue)[site.call.id].values[path]
    if not source.repeatable and isinstance(binding, UserBinding):
        plan = _with_value(plan, binding.slot, right)
    return Failing(plan, {**detail, "value": value}, {f"{site.call.id}.{path}": right})


def _required(source: Source, site: Site) -> tuple[str, ...]:
    tool = source.toolset.get(site.call.tool)
    return tuple(tool.parameters.get("required", ())) if tool is not None else ()


def _wrong_values(
    source: Source, keyword: str, wrong: Callable[[Sent, str], list[JsonValue]]
) -> Iterator[_Option]:
    """Values that breach the parameter's schema in that keyword and in nothing else."""
    known = sent(source.dialogue)
    for site in sites(source.plan):
        tool, made = source.toolset.get(site.call.tool), known.get(site.call.id)
        if tool is None or made is None:
            continue
        for path, binding in site.call.arguments.items():
            if path not in made.values or not (source.repeatable or _fixable(binding)):
                continue
            schema = as_mapping(schema_at(tool.parameters, path) or True)
            if keyword == "enum" and not schema.get("enum"):
                continue
            for value in wrong(made, path):
                arguments = made.copied()
                put(arguments, path, value)
                breaches = validator(tool.parameters).violations(arguments)
                if breaches and all((b.keyword, b.path) == (keyword, path) for b in breaches):
                    yield _Option(site, path, value)
                    break


def _fixable(binding: Binding) -> bool:
    """Whether the value can be known before the plan is played."""
    return isinstance(binding, UserBinding | DefaultBinding)


def _retyped(value: JsonValue) -> list[JsonValue]:
    """The same value as it would stand in another type."""
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int | float):
        return [str(value)]
    if isinstance(value, str):
        number: list[JsonValue] = [int(value)] if re.fullmatch(r"[1-9]\d{0,14}", value) else []
        return [*number, *([[value]] if len(value) <= _LONGEST else [])]
    if isinstance(value, list) and value and all(isinstance(one, str | int) for one in value):
        return [", ".join(map(str, value))]
    return []


def _with_value(plan: Plan, slot: str, value: JsonValue) -> Plan:
    """The plan in which the user states that very value."""
    segments = []
    for segment in plan.segments:
        steps = []
        for step in segment.steps:
            if isinstance(step, UserRequest | UserClarificationResponse):
                provides = tuple(
                    one.model_copy(update={"value": value, "fixed": True})
                    if one.slot == slot else one
                    for one in step.provides
                )  # fmt: skip
                step = step.model_copy(update={"provides": provides})
            steps.append(step)
        segments.append(segment.model_copy(update={"steps": tuple(steps)}))
    return plan.model_copy(update={"segments": tuple(segments)})
