"""From bindings to values: the arguments of a call, taken from memory and never invented."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from toolweave.core.binding import (
    Binding,
    ContextBinding,
    DefaultBinding,
    Selector,
    ToolOutputBinding,
    UserBinding,
)
from toolweave.core.errors import BindingError
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import PlannedCall
from toolweave.core.tool import Tool
from toolweave.memory.clock import fitted, moment_of
from toolweave.memory.state import MemoryState
from toolweave.schema.parts import EACH, Each, Index, Key, Part, format_path, parse
from toolweave.schema.paths import put, schema_at, values_at
from toolweave.schema.types import Schema, as_mapping, same, type_names


@dataclass(frozen=True, slots=True)
class Session:
    """What a ``context`` binding can ask for. ``now`` is the simulated moment of the call."""

    now: datetime
    locale: str = "en-US"
    currency: str = "USD"
    timezone: str = "UTC"


class Found(NamedTuple):
    """A selected output: its concrete path in the result (``""`` for ``all``), and its value."""

    path: str
    value: JsonValue


class _Element(NamedTuple):
    """One element that ``[]`` stands for, with the parts that lead to it."""

    parts: tuple[Part, ...]
    value: JsonValue


def resolve(
    binding: Binding, memory: MemoryState, *, schema: Schema, session: Session
) -> JsonValue:
    """The value of a binding, in the type that the parameter's ``schema`` asks for.

    Raises BindingError when there is none.
    """
    if isinstance(binding, UserBinding):
        told = memory["slots"].get(binding.slot)
        if told is None:
            raise BindingError(f"the user has not stated {binding.slot!r}")
        return _suited(told["value"], schema, binding.slot)
    if isinstance(binding, ToolOutputBinding):
        return _suited(_output(binding, memory), schema, f"{binding.call}.{binding.path}")
    if isinstance(binding, DefaultBinding):
        node = as_mapping(schema)
        if "default" not in node:
            raise BindingError("the parameter's schema declares no default")
        return _copied(node["default"])
    return _context(binding, as_mapping(schema), session)


def build_arguments(
    call: PlannedCall, memory: MemoryState, tool: Tool, session: Session
) -> JsonObject:
    """One arguments object out of all bindings of a call.

    Raises BindingError naming the argument.
    """
    arguments: JsonObject = {}
    schemas = _targets.of(tool)
    for path, binding in call.arguments.items():
        try:
            value = _copied(
                resolve(binding, memory, schema=_target(schemas, tool, path), session=session)
            )
        except BindingError as error:
            raise BindingError(f"{call.id}.{path}: {error}") from error
        if path.isidentifier():
            arguments[path] = value
        else:
            put(arguments, path, value)
    return arguments


def pick(result: JsonValue, path: str, select: Selector) -> Found:
    """The output at ``path`` that the selector means. Raises BindingError when there is none."""
    if "[]" not in path:
        return Found(path, _inside(result, path, path))
    if select.kind == "all":
        return Found("", _all(result, path))
    chosen, rest = _chosen(result, path, select)
    value = _inside(chosen.value, rest, path) if rest else chosen.value
    return Found(format_path((*chosen.parts, *parse(rest))), value)


def _picked(result: JsonValue, path: str, select: Selector) -> JsonValue:
    """The value that ``pick`` finds, without its place."""
    if "[]" not in path:
        return _inside(result, path, path)
    if select.kind == "all":
        return _all(result, path)
    chosen, rest = _chosen(result, path, select)
    return _inside(chosen.value, rest, path) if rest else chosen.value


def _all(result: JsonValue, path: str) -> list[JsonValue]:
    array, _ = _split(path)
    if not values_at(result, format_path(array[:-1])):
        raise BindingError(f"the result has no {path!r}")
    return list(values_at(result, path))


def _chosen(result: JsonValue, path: str, select: Selector) -> tuple[_Element, str]:
    """The selected element, and the path that leads on inside it."""
    array, rest = _split(path)
    elements = _elements(result, array)
    if not elements:
        raise BindingError(f"{path!r} is empty: there is no {select.kind} element")
    return _SELECTED[select.kind](elements, select, rest), rest


@lru_cache(maxsize=4096)
def _split(path: str) -> tuple[tuple[Part, ...], str]:
    """A path up to its last ``[]``, and the path behind it."""
    parts = parse(path)
    last = max(index for index, part in enumerate(parts) if part == EACH)
    return parts[: last + 1], format_path(parts[last + 1 :])


def _output(binding: ToolOutputBinding, memory: MemoryState) -> JsonValue:
    called = memory["calls"].get(binding.call)
    if called is None:
        raise BindingError(f"call {binding.call!r} has not been made")
    if not called["ok"]:
        raise BindingError(f"call {binding.call!r} failed, so it has no {binding.path!r}")
    try:
        return _picked(called["result"], binding.path, binding.select)
    except BindingError as error:
        raise BindingError(f"call {binding.call!r}: {error}") from error


def _inside(value: JsonValue, path: str, shown: str) -> JsonValue:
    if isinstance(value, dict) and path in value and path.isidentifier():
        held: JsonValue = value[path]
        return held
    found = values_at(value, path)
    if not found:
        raise BindingError(f"the result has no {shown!r}")
    return found[0]


def _elements(result: JsonValue, parts: Sequence[Part]) -> list[_Element]:
    level = [_Element((), result)]
    for part in parts:
        following: list[_Element] = []
        for trail, value in level:
            if isinstance(part, Each):
                inner = value if isinstance(value, list) else []
                following.extend(_Element((*trail, Index(i)), v) for i, v in enumerate(inner))
            elif isinstance(part, Key) and isinstance(value, dict) and part.name in value:
                following.append(_Element((*trail, part), value[part.name]))
            elif isinstance(part, Index) and isinstance(value, list):
                held = value[part.position : part.position + 1]
                following.extend(_Element((*trail, part), v) for v in held)
        level = following
    return level


def _at(elements: list[_Element], select: Selector, rest: str) -> _Element:
    if select.index >= len(elements):
        raise BindingError(f"there is no element {select.index}: the list has {len(elements)}")
    return elements[select.index]


def _only(elements: list[_Element], select: Selector, rest: str) -> _Element:
    if len(elements) != 1:
        raise BindingError(f"one element is expected, the list has {len(elements)}")
    return elements[0]


def _match(elements: list[_Element], select: Selector, rest: str) -> _Element:
    path = select.by or rest
    for exact in (True, False):
        for element in elements:
            if any(_alike(value, select.value, exact) for value in values_at(element.value, path)):
                return element
    raise BindingError(f"no element has {path!r} equal to {select.value!r}")


def _alike(value: JsonValue, wanted: JsonValue, exact: bool) -> bool:
    if exact or not (isinstance(value, str) and isinstance(wanted, str)):
        return same(value, wanted)
    return value.strip().casefold() == wanted.strip().casefold()


def _extreme(best: Callable[..., int]) -> Callable[[list[_Element], Selector, str], _Element]:
    def chosen(elements: list[_Element], select: Selector, rest: str) -> _Element:
        path = select.by or rest
        held = [(element, found[0]) for element in elements if (found := _known(element, path))]
        if not held:
            raise BindingError(f"no element has {path!r} to compare by")
        ranks = _ranks([value for _, value in held], path)
        return held[best(range(len(held)), key=ranks.__getitem__)][0]

    return chosen


def _known(element: _Element, path: str) -> list[JsonValue]:
    return [value for value in values_at(element.value, path) if value is not None]


def _ranks(values: list[JsonValue], path: str) -> list[Any]:
    """What to compare by: numbers, moments, or text, whichever fits all values."""
    if all(isinstance(value, int | float) for value in values):
        return values
    moments = [moment_of(value) for value in values]
    if all(found is not None for found in moments):
        return moments
    if all(isinstance(value, str) for value in values):
        return values
    raise BindingError(f"the values of {path!r} cannot be compared with each other")


_SELECTED: dict[str, Callable[[list[_Element], Selector, str], _Element]] = {
    "first": lambda elements, select, rest: elements[0],
    "last": lambda elements, select, rest: elements[-1],
    "index": _at,
    "only": _only,
    "match": _match,
    "min": _extreme(min),
    "max": _extreme(max),
}


def _suited(value: JsonValue, schema: Schema, name: str) -> JsonValue:
    """The value in a harmless other representation where the schema wants that one."""
    if isinstance(schema, bool):
        return value
    types = _types(schema)
    if value is None and types and "null" not in types:
        raise BindingError(f"{name!r} is null")
    if not types or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, float):
        whole = value.is_integer() and "integer" in types and "number" not in types
        return int(value) if whole else value
    return str(value) if "string" in types and not types & {"integer", "number"} else value


def _types(schema: Mapping[str, Any]) -> set[str]:
    """The types a schema admits at first sight; empty when it does not say."""
    named = schema.get("type")
    if named is not None:
        return {named} if isinstance(named, str) else set(named)
    found: set[str] = set()
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if isinstance(branch, Mapping) and "type" in branch:
            found.update(type_names(branch))
    return found


def _context(binding: ContextBinding, schema: Mapping[str, Any], session: Session) -> JsonValue:
    if binding.key == "now":
        return fitted(session.now, schema)
    if binding.key == "today":
        midnight = datetime.combine(session.now.date(), time(), session.now.tzinfo)
        return fitted(midnight, schema, day=True)
    value = {
        "locale": session.locale,
        "currency": session.currency,
        "timezone": session.timezone,
    }[binding.key]
    spelt = value.replace("_", "-").casefold()
    for option in schema.get("enum", ()):
        if isinstance(option, str) and option.replace("_", "-").casefold() == spelt:
            return option
    return value


def _copied(value: JsonValue) -> JsonValue:
    """A copy of containers, so that building one argument never reaches into memory."""
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copied(inner) for inner in value]
    return value


class _Targets:
    """Parameter schemas by path, per tool; entries are checked against the tool that they hold."""

    LIMIT = 512

    def __init__(self) -> None:
        self._held: dict[int, tuple[Tool, dict[str, Schema]]] = {}

    def of(self, tool: Tool) -> dict[str, Schema]:
        held = self._held.get(id(tool))
        if held is None or held[0] is not tool:
            if len(self._held) >= self.LIMIT:
                self._held.clear()
            held = self._held[id(tool)] = (tool, {})
        return held[1]


_targets = _Targets()


def _target(schemas: dict[str, Schema], tool: Tool, path: str) -> Schema:
    found = schemas.get(path)
    if found is None:
        declared = schema_at(tool.parameters, path)
        found = schemas[path] = True if declared is None else declared
    return found
