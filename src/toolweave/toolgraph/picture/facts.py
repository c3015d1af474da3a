"""What a tool is, as tables for people: parameters, results, errors and where it comes from."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from toolweave.core.errors import SchemaError
from toolweave.core.tool import Tool
from toolweave.drawing.model import Section
from toolweave.schema.conditional import requirements
from toolweave.schema.parts import Key, covers, format_path, parse
from toolweave.schema.paths import leaves, schema_at
from toolweave.schema.types import TYPES, Schema, type_names

MAX_PLACES = 200
_CONDITIONS = ("if", "anyOf", "oneOf", "dependentRequired", "dependentSchemas")
_DOES = {"read": "reads", "create": "creates", "update": "changes", "delete": "removes"}


class _Place(NamedTuple):
    path: str
    schema: Mapping[str, Any]
    required: str


def tool_sections(tool: Tool) -> tuple[Section, ...]:
    """The tool's description, effect, schemas, errors and origin; empty ones are left out."""
    effect = () if tool.effect is None else ((f"{_DOES[tool.effect.kind]} {tool.effect.entity}",),)
    parameters = tuple(
        (place.path, _type(place.schema), place.required, _about(place.schema))
        for place in _places(tool.parameters)
    )
    results = tuple(
        (place.path, _type(place.schema), _about(place.schema)) for place in _places(tool.results)
    )
    errors = tuple((error.code, error.message, error.when) for error in tool.errors)
    notes = () if tool.origin is None else tuple((note,) for note in _origin(tool))
    sections = (
        Section("", ((tool.description,),) if tool.description else ()),
        Section("Effect", effect),
        Section("Parameters", parameters, ("parameter", "type", "required", "description")),
        Section("Results", results, ("result", "type", "description")),
        Section("Errors", errors, ("code", "message", "when")),
        Section("Origin", notes),
    )
    return tuple(section for section in sections if section.rows)


def _origin(tool: Tool) -> Iterator[str]:
    if tool.origin is not None:
        yield tool.origin.source
        yield from (f"inferred: {what}" for what in tool.origin.inferred)
        yield from tool.origin.notes


def _places(schema: Schema) -> list[_Place]:
    """Every declared place, objects and arrays before what they hold."""
    try:
        ends = [leaf.path for leaf in leaves(schema)[:MAX_PLACES]]
        paths: dict[str, None] = {}
        for end in ends:
            parts = parse(end)
            keys = [n for n, part in enumerate(parts, start=1) if isinstance(part, Key)]
            paths.update(dict.fromkeys(format_path(parts[:n]) for n in [*keys, len(parts)]))
        return [_place(schema, path, ends) for path in paths]
    except SchemaError as error:
        return [_Place("", {"description": f"cannot be shown: {error}"}, "")]


def _place(schema: Schema, path: str, ends: list[str]) -> _Place:
    parts = parse(path)
    found = schema_at(schema, path)
    node = found if isinstance(found, Mapping) else {}
    above = schema_at(schema, format_path(parts[:-1])) if len(parts) > 1 else schema
    last = parts[-1]
    if isinstance(last, Key) and _demands(above, last.name):
        return _Place(path, node, "yes")
    if isinstance(last, Key) and (given := _follows(above, last.name)):
        return _Place(path, node, f"when {' or '.join(given)} is given")
    return _Place(path, node, _condition(schema, path, ends))


def _demands(schema: Schema | None, name: str) -> bool:
    """Whether the object around a place always demands it."""
    if not isinstance(schema, Mapping):
        return False
    return name in schema.get("required", ()) or any(
        _demands(branch, name) for branch in schema.get("allOf", ())
    )


def _follows(schema: Schema | None, name: str) -> list[str]:
    """The properties whose presence demands that of ``name``."""
    dependent = schema.get("dependentRequired", {}) if isinstance(schema, Mapping) else {}
    return [trigger for trigger, needed in dependent.items() if name in needed]


def _condition(schema: Schema, path: str, ends: list[str]) -> str:
    """When a place that is not always demanded is, in words, as if all others were given."""
    if not any(f'"{word}"' in json.dumps(schema) for word in _CONDITIONS):
        return ""
    here = parse(path)
    others = [end for end in ends if not covers(here, parse(end))]
    why = requirements(schema, {}, others).possible.get(path, "")
    return why.removeprefix("needed ").removesuffix(", which is not known yet")


def _type(schema: Mapping[str, Any]) -> str:
    """``string (date)``, ``array of object``, ``integer or null``."""
    if "type" not in schema and isinstance(branches := schema.get("anyOf"), list):
        found = dict.fromkeys(_type(each) for each in branches if isinstance(each, Mapping))
        return " or ".join(found)
    names = type_names(schema)
    if names == TYPES:
        return "one of" if "enum" in schema or "const" in schema else "any"
    text = " or ".join(names)
    items = schema.get("items")
    if "array" in names and isinstance(items, Mapping) and "type" in items:
        text = text.replace("array", f"array of {_type(items)}")
    return f"{text} ({schema['format']})" if isinstance(schema.get("format"), str) else text


def _about(schema: Mapping[str, Any]) -> str:
    """The description, the values allowed and the default."""
    said = [str(schema["description"])] if schema.get("description") else []
    if isinstance(values := schema.get("enum"), list):
        said.append(f"One of {', '.join(map(_value, values))}.")
    if "const" in schema:
        said.append(f"Always {_value(schema['const'])}.")
    bounds = [
        f"{word} {_value(schema[keyword])}"
        for keyword, word in (("minimum", "at least"), ("maximum", "at most"))
        if keyword in schema
    ]
    said += [f"{' and '.join(bounds).capitalize()}."] if bounds else []
    if "default" in schema:
        said.append(f"Default {_value(schema['default'])}.")
    return " ".join(said)


def _value(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
