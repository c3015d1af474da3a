"""What a schema declares at a path, and the parameter-like leaves it declares."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import jsonschema_rs

from toolweave.core.errors import SchemaError
from toolweave.schema.parts import Each, Index, Key, Part, joined, parse
from toolweave.schema.pointers import reference
from toolweave.schema.refs import MAX_CHAIN, resolve
from toolweave.schema.types import Schema, is_false, same, type_names

MAX_LEAVES = 2_000
MAX_LEVELS = 16
MAX_POSSIBLE = 64


class Leaf(NamedTuple):
    """A value a caller would fill in: its path, its schema, and whether it has to be there."""

    path: str
    schema: Schema
    required: bool


def schema_at(schema: Schema, path: str, root: Schema | None = None) -> Schema | None:
    """The schema of the value at ``path``, or ``None`` when the schema declares no such place.

    References are resolved against ``root`` (the schema itself when absent), and what the result
    still refers to has to be looked up there. Where several branches declare the place, the
    result combines them. ``additionalProperties: true`` declares nothing.
    Raises SchemaError for a malformed path or an unresolvable reference.
    """
    whole = schema if root is None else root
    found = _Found(resolve(schema, whole), [])
    for part in parse(path):
        inner = [_step(outer, part, whole, 0) for outer in found.possible]
        sure = _Found(None, []) if found.certain is None else _step(found.certain, part, whole, 0)
        possible = [*sure.possible, *(held for one in inner for held in one.held())]
        found = _Found(sure.certain, _distinct(possible)[:MAX_POSSIBLE])
    held = found.held()
    return resolve(held[0] if found.certain is not None else _any(held), whole) if held else None


class _Found(NamedTuple):
    """What holds of a place for sure, and what some alternatives say of it."""

    certain: Schema | None
    possible: list[Schema]

    def held(self) -> list[Schema]:
        return self.possible if self.certain is None else [self.certain, *self.possible]


def _step(schema: Schema, part: Part, root: Schema, depth: int) -> _Found:
    node = resolve(schema, root)
    if isinstance(node, bool) or depth > MAX_CHAIN:
        return _Found(None, [])
    certain = _own(node, part)
    possible: list[Schema] = []
    for branch in node.get("allOf", ()):
        found = _step(branch, part, root, depth + 1)
        certain.extend([] if found.certain is None else [found.certain])
        possible.extend(found.possible)
    for group in alternatives(node):
        every = [_step(branch, part, root, depth + 1) for branch in group]
        sure = [found.certain for found in every if found.certain is not None]
        declared = [held for held in sure if not is_false(held)]
        if declared:
            (certain if len(declared) == len(every) else possible).append(_any(declared))
        possible.extend(held for found in every for held in found.possible)
    return _Found(_all(certain), possible[:MAX_POSSIBLE])


def alternatives(schema: Mapping[str, Any]) -> Iterator[list[Schema]]:
    """The groups of branches of which one holds: anyOf, oneOf, then/else, dependentSchemas."""
    for keyword in ("anyOf", "oneOf"):
        if branches := schema.get(keyword):
            yield list(branches)
    if "if" in schema and ("then" in schema or "else" in schema):
        yield [schema.get("then", True), schema.get("else", True)]
    for dependent in schema.get("dependentSchemas", {}).values():
        yield [dependent, True]


def _own(schema: Mapping[str, Any], part: Part) -> list[Schema]:
    if isinstance(part, Key):
        return _property(schema, part.name)
    prefix = schema.get("prefixItems", [])
    if isinstance(part, Index) and part.position < len(prefix):
        return [prefix[part.position]]
    rest = [
        schema[keyword]
        for keyword in ("items", "unevaluatedItems")
        if not isinstance(schema.get(keyword, True), bool)
    ][:1]
    if isinstance(part, Each) and prefix:
        return [_any([*prefix, *rest])]
    return rest


def _property(schema: Mapping[str, Any], name: str) -> list[Schema]:
    found: list[Schema] = []
    if name in schema.get("properties", {}):
        found.append(schema["properties"][name])
    found.extend(
        held
        for pattern, held in schema.get("patternProperties", {}).items()
        if pattern_matches(pattern, name)
    )
    if not found:
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if not isinstance(schema.get(keyword, True), bool):
                return [schema[keyword]]
    return found


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> jsonschema_rs.Draft202012Validator:
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}, offline=True)
    except ValueError as error:
        raise SchemaError(f"pattern {pattern[:80]!r} is not a regular expression") from error


def pattern_matches(pattern: str, text: str) -> bool:
    """Whether the schema pattern is found in the text, without catastrophic backtracking."""
    return _pattern(pattern).is_valid(text)


def _any(schemas: list[Schema]) -> Schema:
    kept = _distinct(schemas)
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


def _all(schemas: list[Schema]) -> Schema | None:
    if not schemas:
        return None
    kept = _distinct([schema for schema in schemas if schema not in (True, {})])
    if not kept:
        return schemas[0]
    return kept[0] if len(kept) == 1 else {"allOf": kept}


def _distinct(schemas: list[Schema]) -> list[Schema]:
    kept: list[Schema] = []
    for schema in schemas:
        if not any(same(schema, other) for other in kept):
            kept.append(schema)
    return kept


def leaves(schema: Schema) -> list[Leaf]:
    """The leaves of a schema in the order it declares them.

    Objects with declared properties are descended, arrays through ``[]`` or ``[0]`` of
    ``prefixItems``. A leaf is required when every object around it demands the next step; what
    only one branch of an alternative demands is not. A place that repeats a reference it lies in
    is a leaf itself, so that recursive schemas end.
    """
    found: dict[str, Leaf] = {}
    for leaf in islice(_leaves(schema, schema, "", True, ()), 5 * MAX_LEAVES):
        old = found.get(leaf.path)
        found[leaf.path] = (
            leaf if old is None else old._replace(required=old.required or leaf.required)
        )
        if len(found) >= MAX_LEAVES:
            break
    return [leaf for leaf in found.values() if leaf.path]


def _leaves(
    schema: Schema, root: Schema, path: str, required: bool, trail: tuple[str, ...]
) -> Iterator[Leaf]:
    node = schema
    while not isinstance(node, bool) and (ref := reference(node)) is not None:
        if ref in trail or len(trail) > MAX_LEVELS:
            yield Leaf(path, resolve(schema, root), required)
            return
        trail = (*trail, ref)
        node = resolve(node, root)
    if isinstance(node, bool) or path.count(".") + path.count("[") > MAX_LEVELS:
        if node is not False:
            yield Leaf(path, node, required)
        return
    inner = list(_places(node, root, path, 0))
    if not inner or _scalar(node, root):
        yield Leaf(path, node, required)
        return
    for place in inner:
        if not is_false(place.schema):
            yield from _leaves(place.schema, root, place.path, required and place.required, trail)


def _places(schema: Schema, root: Schema, path: str, depth: int) -> Iterator[Leaf]:
    """The places one step inside a container, each with whether the container demands it."""
    node = resolve(schema, root)
    if isinstance(node, bool) or depth > MAX_CHAIN:
        return
    demanded = frozenset(node.get("required", ()))
    for name, held in node.get("properties", {}).items():
        yield Leaf(joined(path, name), held, name in demanded)
    for position, held in enumerate(node.get("prefixItems", ())):
        yield Leaf(f"{path}[{position}]", held, position < node.get("minItems", 0))
    if not isinstance(node.get("items", True), bool):
        yield Leaf(f"{path}[]", node["items"], True)
    for branch in node.get("allOf", ()):
        yield from _places(branch, root, path, depth + 1)
    for group in alternatives(node):
        for branch in group:
            for place in _places(branch, root, path, depth + 1):
                alone = sum(not _null(other, root) for other in group) == 1
                yield place if alone else place._replace(required=False)


def _null(schema: Schema, root: Schema) -> bool:
    node = resolve(schema, root)
    return not isinstance(node, bool) and node.get("type") == "null"


def _scalar(schema: Mapping[str, Any], root: Schema) -> bool:
    """Whether a value that is neither object, array nor null may stand here."""
    if "type" in schema:
        return not set(type_names(schema)) <= {"object", "array", "null"}
    groups = [schema[key] for key in ("anyOf", "oneOf") if schema.get(key)]
    nodes = [resolve(branch, root) for group in groups for branch in group]
    return any(
        not isinstance(node, bool)
        and "type" in node
        and not set(type_names(node)) <= {"object", "array", "null"}
        for node in nodes
    )
