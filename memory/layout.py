"""The outline of a tool's arguments and results: which objects they hold, and which leaves."""

from typing import NamedTuple

from toolweave.checks.effects import identified
from toolweave.checks.naming import PERSON, PERSON_WORDS, noun
from toolweave.core.tool import Tool
from toolweave.schema.parts import Each, Key, Part, format_path, parse
from toolweave.schema.paths import leaves
from toolweave.schema.types import Schema, as_mapping, type_names

WRAPPERS = frozenset({"data", "result", "results", "response", "payload", "body", "output"})

# Formats that identifiers bear; OpenAPI gives whole numbers their width.
_ID_FORMATS = frozenset({"uuid", "int32", "int64"})


class Spot(NamedTuple):
    """A leaf of one object: its path in the whole schema, and its keys from the object on."""

    path: str
    steps: tuple[str, ...]
    schema: Schema
    required: bool


class Shape(NamedTuple):
    """One object, or the objects of one array, with the leaves that belong to it.

    ``at`` leads there from the root, ``None`` standing for every element of an array.
    """

    path: str
    at: tuple[str | None, ...]
    noun: str
    spots: tuple[Spot, ...]

    @property
    def many(self) -> bool:
        """Whether these are the elements of an array."""
        return bool(self.at) and self.at[-1] is None


def outline(schema: Schema, entity: str) -> tuple[Shape, ...]:
    """The objects of a schema, outermost first; nested objects that are no thing of their own
    (an address) belong to the object around them.
    """
    grouped: dict[tuple[str | None, ...], list[Spot]] = {(): []}
    for leaf in leaves(schema):
        _place(grouped, parse(leaf.path), leaf.schema, leaf.required)
    split: dict[tuple[str | None, ...], list[Spot]] = {}
    for at, spots in grouped.items():
        _split(split, at, spots, entity)
    return tuple(_shape(at, spots) for at, spots in split.items())


def identifier(path: str, schema: Schema) -> bool:
    """Whether the name at the end of a path denotes an identifier, and the schema can hold one."""
    name = next((part.name for part in reversed(parse(path)) if isinstance(part, Key)), "")
    return identifies(name, schema)


def identifies(name: str, schema: Schema) -> bool:
    """Whether a property of that name and schema holds an identifier."""
    if identified(name) is None:
        return False
    held = as_mapping(schema)
    types = set(type_names(held))
    if "array" in held.get("type", ()) and "items" in held:
        types = set(type_names(as_mapping(held["items"])))
    if "enum" in held or held.get("format", "uuid") not in _ID_FORMATS:
        return False
    return not types.isdisjoint({"string", "integer"})


def _place(
    grouped: dict[tuple[str | None, ...], list[Spot]],
    parts: tuple[Part, ...],
    schema: Schema,
    required: bool,
) -> None:
    """Put a leaf into its object, and every array around it into the object around that."""
    keys: list[str | None] = []
    start = 0
    for index, part in enumerate(parts):
        if isinstance(part, Key):
            keys.append(part.name)
            continue
        _add(grouped, keys, start, parts[:index], {"type": "array"}, required)
        if not isinstance(part, Each) or index + 1 == len(parts):
            return
        keys.append(None)
        start = len(keys)
        grouped.setdefault(tuple(keys), [])
    _add(grouped, keys, start, parts, schema, required)


def _add(
    grouped: dict[tuple[str | None, ...], list[Spot]],
    keys: list[str | None],
    start: int,
    parts: tuple[Part, ...],
    schema: Schema,
    required: bool,
) -> None:
    steps = tuple(key for key in keys[start:] if key is not None)
    spots = grouped.setdefault(tuple(keys[:start]), [])
    if steps and all(spot.steps != steps for spot in spots):
        spots.append(Spot(format_path(parts), steps, schema, required))


def _split(
    split: dict[tuple[str | None, ...], list[Spot]],
    at: tuple[str | None, ...],
    spots: list[Spot],
    entity: str,
) -> None:
    """Give nested objects that are things of their own their own place."""
    own = split.setdefault(at, [])
    heads: dict[str, list[Spot]] = {}
    for spot in spots:
        if len(spot.steps) > 1:
            heads.setdefault(spot.steps[0], []).append(spot)
        else:
            own.append(spot)
    for head, inner in heads.items():
        if _is_thing(head, inner, entity):
            moved = [spot._replace(steps=spot.steps[1:]) for spot in inner]
            _split(split, (*at, head), moved, entity)
        else:
            own.extend(inner)


def _is_thing(head: str, inner: list[Spot], entity: str) -> bool:
    name = noun(head)
    if head in WRAPPERS or name == entity:
        return True
    found = [identified(spot.steps[1]) for spot in inner if len(spot.steps) == 2]
    return name in found or "" in found


def _shape(at: tuple[str | None, ...], spots: list[Spot]) -> Shape:
    parts: list[Part] = [Each() if key is None else Key(key) for key in at]
    names = [key for key in at if key is not None and key not in WRAPPERS]
    name = noun(names[-1]) if names else ""
    return Shape(format_path(parts), at, PERSON if name in PERSON_WORDS else name, tuple(spots))


def subject_entity(tool: Tool, declared: str, shapes: tuple[Shape, ...]) -> str:
    """The kind of thing a tool is about; a nameless one is named by its results."""
    if declared != "thing":
        return declared
    names = [shape.noun for shape in shapes if shape.noun]
    return names[0] if names else noun(tool.name) or "thing"
