"""Checking a schema, following its local references, and expanding them."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from toolweave.core.errors import SchemaError
from toolweave.core.seeding import digest
from toolweave.schema.keywords import ANNOTATIONS, DEFINITIONS, IN_PLACE, Child, children, mapped
from toolweave.schema.pointers import lookup, reference
from toolweave.schema.types import Schema, plain, to_text

MAX_DEPTH = 200
MAX_NODES = 200_000
MAX_CHAIN = 100
MAX_BRANCHES = 50_000
_METASCHEMA = jsonschema_rs.Draft202012Validator(
    {"$ref": "https://json-schema.org/draft/2020-12/schema"}, offline=True
)
_REFERENCES = frozenset({"$ref", "$dynamicRef"})


def check_schema(schema: Schema) -> None:
    """Raise SchemaError, in one line naming the place, unless the schema can be used.

    Refused: what the 2020-12 metaschema refuses, remote or unresolvable references, references
    that lead to themselves, invalid patterns, absurd depth or size.
    """
    compiled(schema)


def compiled(schema: Schema) -> jsonschema_rs.Draft202012Validator:
    """The schema, checked and prepared for validation with formats on and fetching off."""
    _check_shape(schema)
    copy = plain(schema)
    _check_metaschema(copy)
    _check_references(copy)
    try:
        return jsonschema_rs.Draft202012Validator(
            _anonymous(copy), validate_formats=True, offline=True
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise SchemaError(_compile_problem(error)) from error


def resolve(schema: Schema, root: Schema) -> Schema:
    """Follow the schema's own local references, keeping what stands beside them.

    Raises SchemaError when a reference does not resolve or leads back to itself.
    """
    seen: set[str] = set()
    while not isinstance(schema, bool):
        ref = reference(schema)
        if ref is None:
            return schema
        if ref in seen:
            raise SchemaError(f"$ref {ref!r} leads back to itself")
        seen.add(ref)
        schema = beside(lookup(ref, root), siblings(schema))
    return schema


def siblings(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside the reference in a schema that makes one."""
    left_out = _REFERENCES | DEFINITIONS
    return {key: value for key, value in schema.items() if key not in left_out}


def beside(target: Schema, extra: Mapping[str, Any]) -> Schema:
    """One schema that demands what ``target`` and the keywords beside its reference demand."""
    if not extra or target is False:
        return target
    if isinstance(target, bool):
        return extra
    if extra.keys() <= ANNOTATIONS:
        return {**target, **extra}
    return {**extra, "allOf": [*extra.get("allOf", ()), target]}


def inline(schema: Schema, root: Schema | None = None, depth: int = 1) -> Schema:
    """A schema that stands alone: its references replaced by what they name.

    A reference is expanded at most ``depth`` times inside itself; what remains of a cycle points
    to ``$defs`` of the result. With ``depth=0`` nothing is expanded: all of them move there.
    """
    whole = schema if root is None else root
    work = _Inliner(whole, depth)
    result = work.expand(schema, ())
    definitions = work.definitions()
    if isinstance(result, bool) or not definitions:
        return result
    return {**result, "$defs": definitions}


class _Inliner:
    """Expands references below one root, and collects what must stay a definition."""

    def __init__(self, root: Schema, depth: int) -> None:
        self.root, self.depth, self.budget = root, depth, 5_000
        self.salt = ""
        self.kept: dict[str, str] = {}

    def expand(self, schema: Schema, trail: tuple[str, ...]) -> Schema:
        if isinstance(schema, bool):
            return schema
        self.budget -= 1
        ref = reference(schema)
        own = {key: v for key, v in schema.items() if key not in _REFERENCES | DEFINITIONS}
        rest = _nameless(mapped(own, lambda _, child: self.expand(child, trail)))
        if ref is None:
            return rest
        if trail.count(ref) < self.depth and len(trail) < 32 and self.budget > 0:
            return beside(self.expand(lookup(ref, self.root), (*trail, ref)), rest)
        return {**rest, "$ref": f"#/$defs/{self.keep(ref)}"}

    def keep(self, ref: str) -> str:
        if ref not in self.kept:
            self.salt = self.salt or to_text(self.root)
            self.kept[ref] = f"d{digest(ref, self.salt):016x}"
        return self.kept[ref]

    def definitions(self) -> dict[str, Schema]:
        self.depth = 0
        found: dict[str, Schema] = {}
        while len(found) < len(self.kept):
            for ref, name in list(self.kept.items()):
                if name not in found:
                    found[name] = self.expand(lookup(ref, self.root), ())
        return found


def _nameless(schema: dict[str, Any]) -> dict[str, Any]:
    names = {"$anchor", "$dynamicAnchor", "$id", "$schema"}
    return {key: value for key, value in schema.items() if key not in names}


def _anonymous(schema: dict[str, Any] | bool) -> dict[str, Any] | bool:
    """Without ``$id`` and ``$schema``, so that every reference counts from the root."""
    if isinstance(schema, bool):
        return schema
    kept = {key: value for key, value in schema.items() if key not in ("$id", "$schema")}
    return mapped(kept, lambda _, child: _anonymous(plain_child(child)))


def plain_child(child: Schema) -> dict[str, Any] | bool:
    """A child of a plain schema, which is a dict or a boolean."""
    return child if isinstance(child, bool | dict) else dict(child)


def _check_shape(schema: object) -> None:
    if not isinstance(schema, bool | Mapping):
        raise SchemaError(f"a schema is an object or a boolean, not {type(schema).__name__}")
    stack: list[tuple[object, int]] = [(schema, 0)]
    nodes = 0
    while stack:
        node, depth = stack.pop()
        nodes += 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            limit = f"{MAX_DEPTH} levels" if depth > MAX_DEPTH else f"{MAX_NODES} nodes"
            raise SchemaError(f"schema is nested or large beyond {limit} (make it smaller)")
        if isinstance(node, Mapping):
            _check_keys(node)
            stack.extend((value, depth + 1) for value in node.values())
        elif isinstance(node, list | tuple):
            stack.extend((value, depth + 1) for value in node)
        elif isinstance(node, str):
            _check_text(node)


def _check_keys(node: Mapping[object, object]) -> None:
    for key in node:
        if not isinstance(key, str):
            raise SchemaError(f"schema key {key!r} is not text (put it in quotes)")
        _check_text(key)


def _check_text(text: str) -> None:
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise SchemaError(f"schema text {text[:40]!r} is not valid Unicode")


def _check_metaschema(schema: dict[str, Any] | bool) -> None:
    try:
        _METASCHEMA.validate(schema)
    except jsonschema_rs.ValidationError as error:
        place = "#" + "".join(f"/{token}" for token in error.instance_path)
        raise SchemaError(f"{shortened(place, 80)}: {shortened(error.message)}") from error
    except ValueError as error:
        raise SchemaError(f"not a schema: {shortened(str(error))}") from error


def metaschema_faults(schema: Schema) -> Iterator[tuple[list[str | int], str]]:
    """Where a schema breaks the 2020-12 metaschema, and how."""
    for error in _METASCHEMA.iter_errors(schema):
        yield list(error.instance_path), shortened(error.message)


def shortened(text: str, limit: int = 160) -> str:
    """One line of at most ``limit`` characters, the middle left out."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    half = (limit - 3) // 2
    return f"{line[:half]} … {line[-half:]}"


def _compile_problem(error: Exception) -> str:
    if isinstance(error, jsonschema_rs.ValidationError):
        place = "".join(f"/{token}" for token in error.instance_path)
        return f"#{place}: {shortened(error.message)}"
    return shortened(str(error))


def _check_references(schema: Schema) -> None:
    """Every reference resolves; none leads in place to itself; none multiplies without bound."""
    seen: dict[int, int] = {}
    stack: list[tuple[str, Schema, bool]] = [("#", schema, False)]
    open_nodes: set[int] = set()
    later: list[tuple[str, Schema]] = []
    while stack or later:
        if not stack:
            place, node = later.pop()
            stack.append((place, node, False))
            continue
        place, node, done = stack.pop()
        if isinstance(node, bool):
            continue
        if done:
            open_nodes.discard(id(node))
            seen[id(node)] = _branches(node, schema, seen, place)
            continue
        if id(node) in open_nodes:
            raise SchemaError(f"{shortened(place, 80)}: the schema refers to itself without end")
        if id(node) in seen:
            continue
        if len(open_nodes) >= MAX_CHAIN:
            raise SchemaError(f"{shortened(place, 80)}: more than {MAX_CHAIN} references in a row")
        open_nodes.add(id(node))
        stack.append((place, node, True))
        for child in _targets(node, schema, place):
            here = place + child.pointer
            if child.keyword in IN_PLACE or child.keyword == "$ref":
                stack.append((here, child.schema, False))
            else:
                later.append((here, child.schema))


def _targets(node: Mapping[str, Any], root: Schema, place: str) -> list[Child]:
    found = list(children(node))
    for keyword in ("$ref", "$dynamicRef"):
        if isinstance(ref := node.get(keyword), str):
            try:
                found.append(Child("$ref", f"/{keyword}", lookup(ref, root)))
            except SchemaError as error:
                raise SchemaError(f"{shortened(place, 80)}: {error}") from error
    return found


def _branches(node: Mapping[str, Any], root: Schema, seen: Mapping[int, int], place: str) -> int:
    total = 1 + sum(
        seen.get(id(child.schema), 1)
        for child in _targets(node, root, place)
        if child.keyword in IN_PLACE or child.keyword == "$ref"
    )
    if total > MAX_BRANCHES:
        raise SchemaError(f"{shortened(place, 80)}: more than {MAX_BRANCHES} combined alternatives")
    return total
