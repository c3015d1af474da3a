"""What an object still has to hold, given what is bound and known: conditional requirements."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.declared import schema_at
from toolweave.schema.knowledge import Knowledge, Status, Truth
from toolweave.schema.parts import Each, Index, Key, Part, format_path, parse
from toolweave.schema.refs import MAX_CHAIN, resolve, shortened
from toolweave.schema.types import Schema

MAX_LEVELS = 16
MAX_STEPS = 5_000
_VALUES = ("const", "enum")


class Requirements(NamedTuple):
    """Paths that must be present, and paths that may have to be, each with the reason in words.

    What one binding covers is not listed below it, so ``required`` without the bound paths is
    what is missing.
    """

    required: frozenset[str]
    possible: Mapping[str, str]


def requirements(
    schema: Schema, known: Mapping[str, JsonValue], present: Collection[str]
) -> Requirements:
    """What an object of this schema must hold, given the paths bound and the values known.

    Fields of a nested object count when the object is required or something in it is bound. A
    condition is judged by the known values, with unbound optional places taken as absent; where
    it cannot be, what it demands is ``possible``. Of alternatives none of which is covered, the
    one that lacks least is required.
    Raises SchemaError for a malformed path, an unresolvable reference or too many alternatives.
    """
    work = _Work(schema, Knowledge(known, present))
    work.visit(schema, (), 0)
    possible = {path: why for path, why in work.possible.items() if path not in work.required}
    return Requirements(frozenset(work.required), possible)


@dataclass
class _Demands:
    """What the schemas that apply to one place say of its properties."""

    needed: dict[str, None] = field(default_factory=dict)
    nodes: list[Mapping[str, Any]] = field(default_factory=list)


class _Work:
    """Walks one schema, collecting required and possible paths."""

    def __init__(
        self, root: Schema, knowledge: Knowledge, steps: Iterator[int] | None = None
    ) -> None:
        self.root, self.knowledge = root, knowledge
        self.steps = count() if steps is None else steps
        self.required: dict[str, None] = {}
        self.possible: dict[str, str] = {}

    def visit(self, schema: Schema, place: tuple[Part, ...], depth: int) -> None:
        if depth > MAX_LEVELS:
            return
        demands = _Demands()
        self.gather(schema, place, demands, depth)
        declared = {name: None for node in demands.nodes for name in node.get("properties", {})}
        for name in {**declared, **demands.needed}:
            self.property(name, place, demands, depth)
        for part in self.knowledge.inside(place):
            if not isinstance(part, Key):
                for node in demands.nodes:
                    self.element(node, part, place, depth)

    def property(self, name: str, place: tuple[Part, ...], demands: _Demands, depth: int) -> None:
        inner = (*place, Key(name))
        needed = name in demands.needed
        if self.knowledge.whole(inner):
            if needed and inner in self.knowledge.bound:
                self.required[format_path(inner)] = None
            return
        started = bool(self.knowledge.inside(inner))
        if not needed and not started:
            return
        before = len(self.required)
        held = [n["properties"][name] for n in demands.nodes if name in n.get("properties", {})]
        self.visit(held[0] if len(held) == 1 else {"allOf": held}, inner, depth + 1)
        if len(self.required) == before and not started:
            self.required[format_path(inner)] = None

    def element(
        self, node: Mapping[str, Any], part: Part, place: tuple[Part, ...], depth: int
    ) -> None:
        inner = (*place, part)
        prefix = node.get("prefixItems", ())
        if self.knowledge.whole(inner):
            return
        if isinstance(part, Index) and part.position < len(prefix):
            self.visit(prefix[part.position], inner, depth + 1)
        elif isinstance(part, Each | Index):
            self.visit(node.get("items", True), inner, depth + 1)

    def gather(
        self, schema: Schema, place: tuple[Part, ...], demands: _Demands, depth: int
    ) -> None:
        """Collect what applies at one place from the schema and all that applies with it."""
        node = resolve(schema, self.root)
        if isinstance(node, bool) or depth > MAX_CHAIN:
            return
        if next(self.steps) > MAX_STEPS:
            raise SchemaError("the schema nests too many alternatives to tell what it requires")
        demands.nodes.append(node)
        demands.needed.update(dict.fromkeys(node.get("required", ())))
        self.dependents(node, place, demands, depth)
        for branch in node.get("allOf", ()):
            self.gather(branch, place, demands, depth + 1)
        if "if" in node:
            self.condition(node, place, demands, depth)
        for keyword in ("anyOf", "oneOf"):
            if node.get(keyword):
                self.gather(self.choice(node[keyword], place, depth), place, demands, depth + 1)

    def dependents(
        self, node: Mapping[str, Any], place: tuple[Part, ...], demands: _Demands, depth: int
    ) -> None:
        for name, others in node.get("dependentRequired", {}).items():
            status = self.knowledge.status((*place, Key(name)))
            if status is Status.UNKNOWN:
                self.perhaps({"required": others}, place, f"needed when {name} is given", depth)
            elif status is not Status.ABSENT:
                demands.needed.update(dict.fromkeys(others))
        for name, schema in node.get("dependentSchemas", {}).items():
            status = self.knowledge.status((*place, Key(name)))
            if status is Status.UNKNOWN:
                self.perhaps(schema, place, f"needed when {name} is given", depth)
            elif status is not Status.ABSENT:
                self.gather(schema, place, demands, depth + 1)

    def condition(
        self, node: Mapping[str, Any], place: tuple[Part, ...], demands: _Demands, depth: int
    ) -> None:
        expected = {(*place, Key(name)) for name in demands.needed}
        truth = Truth(self.knowledge, self.root, expected=expected).of(node["if"], place)
        if truth is not None:
            self.gather(node.get("then" if truth else "else", True), place, demands, depth + 1)
            return
        words = in_words(node["if"], self.root)
        for keyword, relation in (("then", "when"), ("else", "unless")):
            reason = f"needed {relation} {words}, which is not known yet"
            self.perhaps(node.get(keyword, True), place, reason, depth)

    def perhaps(self, schema: Schema, place: tuple[Part, ...], reason: str, depth: int) -> None:
        side = self.aside(schema, place, depth)
        for path in [*side.required, *side.possible]:
            self.possible.setdefault(path, reason)

    def aside(self, schema: Schema, place: tuple[Part, ...], depth: int) -> "_Work":
        side = _Work(self.root, self.knowledge, self.steps)
        side.visit(schema, place, depth + 1)
        return side

    def choice(self, options: list[Schema], place: tuple[Part, ...], depth: int) -> Schema:
        """The alternative to hold the object to: not contradicted, and lacking least."""
        truth = Truth(self.knowledge, self.root, incomplete=True)
        open_options = [option for option in options if truth.of(option, place) is not False]
        best: Schema = True
        least: tuple[int, int] | None = None
        for option in open_options:
            side = self.aside(option, place, depth)
            lacking = [path for path in side.required if parse(path) not in self.knowledge.bound]
            size = (len(lacking), -len(side.required))
            if least is None or size < least:
                best, least = option, size
        return best


def in_words(schema: Schema, root: Schema) -> str:
    """A condition in words: ``kind is "gift" and note is given``."""
    node = resolve(schema, root)
    if isinstance(node, bool):
        return "always" if node else "never"
    said = [_property_in_words(name, held) for name, held in node.get("properties", {}).items()]
    named = node.get("properties", {})
    said.extend(f"{name} is given" for name in node.get("required", ()) if name not in named)
    return shortened(" and ".join(said), 120) if said else "a condition on the object holds"


def _property_in_words(name: str, held: Schema) -> str:
    if isinstance(held, Mapping) and "const" in held:
        return f"{name} is {json.dumps(held['const'])}"
    if isinstance(held, Mapping) and isinstance(held.get("enum"), list):
        return f"{name} is one of {', '.join(json.dumps(value) for value in held['enum'])}"
    return f"{name} meets a condition"


def triggers(schema: Schema, path: str) -> bool:
    """Whether the value at a property path, or its presence, decides a conditional requirement."""
    return _decides(schema, parse(path), schema, 0)


def _decides(schema: Schema, parts: tuple[Part, ...], root: Schema, depth: int) -> bool:
    node = resolve(schema, root)
    if isinstance(node, bool) or not parts or depth > MAX_CHAIN:
        return False
    if any(_decides(branch, parts, root, depth + 1) for branch in _beside(node)):
        return True
    if isinstance(parts[0], Key):
        name = parts[0].name
        if name in node.get("dependentRequired", {}) or name in node.get("dependentSchemas", {}):
            return True
        if "if" in node and ({"then", "else"} & node.keys()) and _mentions(node["if"], parts, root):
            return True
        if any(_discriminates(node.get(k, ()), parts, root) for k in ("anyOf", "oneOf")):
            return True
    return len(parts) > 1 and _deeper(node, parts, root, depth)


def _beside(node: Mapping[str, Any]) -> Iterator[Schema]:
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from node.get(keyword, ())
    for keyword in ("then", "else"):
        if keyword in node:
            yield node[keyword]
    yield from node.get("dependentSchemas", {}).values()


def _deeper(node: Mapping[str, Any], parts: tuple[Part, ...], root: Schema, depth: int) -> bool:
    first, rest = parts[0], parts[1:]
    prefix = node.get("prefixItems", ())
    if isinstance(first, Key):
        inner = node.get("properties", {}).get(first.name)
    elif isinstance(first, Index) and first.position < len(prefix):
        inner = prefix[first.position]
    else:
        inner = node.get("items")
    return inner is not None and _decides(inner, rest, root, depth + 1)


def _mentions(condition: Schema, parts: tuple[Part, ...], root: Schema) -> bool:
    if schema_at(condition, format_path(parts), root) is not None:
        return True
    above = schema_at(condition, format_path(parts[:-1]), root)
    last = parts[-1]
    return (
        isinstance(above, Mapping) and isinstance(last, Key) and _demands(above, last.name, root, 0)
    )


def _demands(schema: Schema, name: str, root: Schema, depth: int) -> bool:
    node = resolve(schema, root)
    if isinstance(node, bool) or depth > MAX_CHAIN:
        return False
    if name in node.get("required", ()):
        return True
    inner = [*node.get("allOf", ()), *node.get("anyOf", ()), *node.get("oneOf", ())]
    inner.extend(node[key] for key in ("not",) if key in node)
    return any(_demands(branch, name, root, depth + 1) for branch in inner)


def _discriminates(options: Collection[Schema], parts: tuple[Part, ...], root: Schema) -> bool:
    """Whether at least two alternatives fix the value at this place."""
    path = format_path(parts)
    held = [schema_at(option, path, root) for option in options]
    return sum(isinstance(s, Mapping) and any(k in s for k in _VALUES) for s in held) > 1
