"""What one JSON Schema says at first sight about how its value is spoken; nothing is resolved
beyond the schema itself."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from toolweave.schema.types import Schema

_BRANCHES = ("allOf", "anyOf", "oneOf")
_DEPTH = 3


class Hints(NamedTuple):
    """Formats, enum members (as text), unit and describing text of a schema and its branches."""

    formats: frozenset[str]
    enum: frozenset[str]
    unit: str
    description: str


_NONE = Hints(frozenset(), frozenset(), "", "")


def hints(schema: Schema) -> Hints:
    """The hints of ``schema``, its local reference and its branches, at most three levels deep."""
    if not isinstance(schema, Mapping) or not schema:
        return _NONE
    formats: set[str] = set()
    enum: set[str] = set()
    unit = description = ""
    for part in _parts(schema, schema, _DEPTH):
        if isinstance(form := part.get("format"), str):
            formats.add(form)
        values = part.get("enum")
        members = list(values) if isinstance(values, list) else []
        members += [part["const"]] if "const" in part else []
        enum.update(member for member in members if isinstance(member, str))
        unit = unit or _text(part, "x-unit")
        description = description or _text(part, "description") or _text(part, "title")
    return Hints(frozenset(formats), frozenset(enum), unit.lower(), description.lower())


def _text(part: Mapping[str, object], key: str) -> str:
    value = part.get(key)
    return value if isinstance(value, str) else ""


def _parts(
    schema: Mapping[str, object], root: Mapping[str, object], depth: int
) -> Iterator[Mapping[str, object]]:
    yield schema
    if depth == 0:
        return
    for target in _next(schema, root):
        yield from _parts(target, root, depth - 1)


def _next(schema: Mapping[str, object], root: Mapping[str, object]) -> list[Mapping[str, object]]:
    found: list[object] = []
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        found.append(_local(reference, root))
    for key in _BRANCHES:
        branches = schema.get(key)
        found += branches[:8] if isinstance(branches, list) else []
    return [target for target in found if isinstance(target, Mapping)]


def _local(reference: str, root: Mapping[str, object]) -> object:
    target: object = root
    for step in reference[2:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        target = target.get(name) if isinstance(target, Mapping) else None
    return dict(target) if isinstance(target, Mapping) else None


def property_schema(schema: Schema, name: str) -> Schema:
    """The schema of property ``name``, or ``True`` when nothing is said of it."""
    if isinstance(schema, Mapping):
        for part in _parts(schema, schema, _DEPTH):
            properties = part.get("properties")
            if isinstance(properties, Mapping) and isinstance(properties.get(name), Mapping):
                return _with_definitions(properties[name], schema)
    return True


def item_schema(schema: Schema, place: int) -> Schema:
    """The schema of the array element at ``place``, or ``True``."""
    if isinstance(schema, Mapping):
        for part in _parts(schema, schema, _DEPTH):
            prefix = part.get("prefixItems")
            if isinstance(prefix, list) and place < len(prefix):
                return _with_definitions(prefix[place], schema)
            if isinstance(part.get("items"), Mapping):
                return _with_definitions(part["items"], schema)
    return True


def _with_definitions(child: object, parent: Mapping[str, object]) -> Schema:
    """``child`` with the definitions its local references need."""
    if not isinstance(child, Mapping):
        return True
    kept = {key: parent[key] for key in ("$defs", "definitions") if key in parent}
    return {**kept, **child} if kept else child
