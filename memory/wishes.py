"""A tree of wishes for a result, and the schema that grants as many as can be granted."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.merging import flatten, merge
from toolweave.schema.parts import Each, Index, Part, joined
from toolweave.schema.relations import intersect
from toolweave.schema.sampling import sample
from toolweave.schema.types import Schema, as_mapping, is_false, to_text
from toolweave.schema.validators import validator

LONGEST = 50
# From this weight on a limit comes from the plan itself.
BINDING = 8
_ABOUT = ("type", "format", "title", "description")
_PLAIN = frozenset(
    {
        *("type", "format", "title", "description", "enum", "const", "default", "examples"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
    }
)
# Keywords by which one place decides about another, so that places granted one by one may clash.
_DELICATE = (
    '"if"', '"oneOf"', '"anyOf"', '"not"', '"allOf"', '"dependentSchemas"', '"dependentRequired"',
    '"unevaluatedProperties"', '"unevaluatedItems"', '"patternProperties"', '"contains"',
    '"propertyNames"', '"minProperties"', '"maxProperties"', '"uniqueItems"', '"$ref"',
)  # fmt: skip


class Limit(NamedTuple):
    """One thing a value must be; of two that clash the heavier one is granted."""

    weight: int
    schema: Mapping[str, Any]


class Granted(NamedTuple):
    """The narrowed schema, and the places where a wish could not be granted."""

    schema: Schema
    dropped: tuple[str, ...]


@dataclass
class Wish:
    """What is wished of one place: limits on its value, wishes for its keys and elements.

    ``items`` are wishes for the first elements, and then the only ones; ``each`` is for all.
    """

    limits: list[Limit] = field(default_factory=list)
    keys: dict[str, "Wish"] = field(default_factory=dict)
    items: "list[Wish] | None" = None
    each: "Wish | None" = None
    least: int = 0
    most: int | None = None
    absent: bool = False

    def at(self, steps: Sequence[str | None]) -> "Wish":
        """The wish below these keys; None leads to every element."""
        here = self
        for step in steps:
            if step is None:
                here.each = here.each or Wish()
                here = here.each
            else:
                here = here.keys.setdefault(step, Wish())
        return here

    def along(self, parts: Sequence[Part]) -> "Wish":
        """The wish at a path, which makes its arrays hold something."""
        here = self
        for part in parts:
            if isinstance(part, Index | Each):
                here.least = max(here.least, part.position + 1 if isinstance(part, Index) else 1)
                here = here.at([None])
            else:
                here = here.at([part.name])
        return here

    def limit(self, weight: int, schema: Mapping[str, Any]) -> None:
        """Wish for values of this schema."""
        self.limits.append(Limit(weight, schema))

    def value(self) -> JsonValue:
        """The value most wished for, or None."""
        ranked = sorted(self.limits, key=lambda one: -one.weight)
        return next((one.schema["const"] for one in ranked if "const" in one.schema), None)

    def be(self, weight: int, value: JsonValue) -> None:
        """Wish for this very value."""
        self.limits.append(Limit(weight, {"const": value}))


def grant(schema: Schema, wish: Wish) -> Granted:
    """Narrow a schema that stands alone; never to one that nothing satisfies."""
    granter = _Granter(schema, 0)
    narrowed = granter.grant(schema, wish, "")
    text = to_text(schema)
    if not any(keyword in text for keyword in _DELICATE):
        return Granted(narrowed, tuple(granter.dropped))
    for floor in (0, 3, 5, 7, 9):
        granter = _Granter(schema, floor)
        narrowed = granter.grant(schema, wish, "")
        if _possible(narrowed, schema):
            return Granted(narrowed, tuple(granter.dropped))
    return Granted(schema, (*granter.dropped, ""))


def _possible(narrowed: Schema, schema: Schema) -> bool:
    try:
        value = sample(narrowed, random.Random(0))
    except SchemaError:
        return False
    return validator(schema).valid(value)


class _Granter:
    """Grants wishes of at least weight ``floor`` below one root schema."""

    def __init__(self, root: Schema, floor: int) -> None:
        self.root, self.floor = root, floor
        self.dropped: list[str] = []

    def grant(self, schema: Schema, wish: Wish, path: str) -> Schema:
        node = self._node(schema, wish)
        if is_false(node):
            return node
        exact = False
        for limit in sorted(wish.limits, key=lambda one: -one.weight):
            if limit.weight < self.floor:
                continue
            if (
                not _leaves_room(limit, wish)
                or (narrowed := limited(node, limit.schema, self.root)) is None
            ):
                self.dropped.append(path)
            else:
                node, exact = narrowed, exact or "const" in as_mapping(narrowed)
        if exact:
            return node
        if wish.keys:
            node = self._keys(dict(as_mapping(node)), wish, path)
        if wish.items is not None or wish.each is not None or wish.least or wish.most is not None:
            node = self._elements(dict(as_mapping(node)), wish, path)
        return node

    def _node(self, schema: Schema, wish: Wish) -> Schema:
        """The schema with references followed; of alternatives the first that is not null, or
        rather the first that also leaves room for what is wished.
        """
        node = flatten(schema, self.root)
        for keyword in ("anyOf", "oneOf"):
            if isinstance(node, bool) or not node.get(keyword):
                continue
            around = {key: value for key, value in node.items() if key != keyword}
            merged = [merge(around, flatten(branch, self.root)) for branch in node[keyword]]
            held = [
                one for one in merged
                if not is_false(one) and as_mapping(one).get("type") != "null"
            ]  # fmt: skip
            if held:
                return next((one for one in held if self._suits(one, wish)), held[0])
        return node

    def _suits(self, schema: Schema, wish: Wish) -> bool:
        """Whether each of the heavier limits could be granted under the schema."""
        heavy = [limit for limit in wish.limits if limit.weight >= max(self.floor, BINDING)]
        return all(limited(schema, limit.schema, self.root) is not None for limit in heavy)

    def _keys(self, node: dict[str, Any], wish: Wish, path: str) -> Schema:
        declared = node.get("properties", {})
        properties = dict(declared)
        required = list(node.get("required", ()))
        for name, inner in wish.keys.items():
            if name not in declared or is_false(declared[name]):
                continue
            here = joined(path, name)
            if inner.absent and name not in required:
                properties[name] = False
                continue
            granted = self.grant(declared[name], _absence(declared[name], inner), here)
            if is_false(granted):
                self.dropped.append(here)
                continue
            properties[name] = granted
            if name not in required:
                required.append(name)
        return {**node, "properties": properties, "required": required}

    def _elements(self, node: dict[str, Any], wish: Wish, path: str) -> Schema:
        held: Schema = node.get("items", True)
        most = min(node.get("maxItems", LONGEST), LONGEST if wish.most is None else wish.most)
        least = max(node.get("minItems", 0), min(wish.least, most))
        most = max(most, least)
        if wish.each is not None and held is not False:
            held = node["items"] = self.grant(held, wish.each, f"{path}[]")
        if wish.items is not None and "prefixItems" not in node:
            items = wish.items[:most]
            if items:
                node["prefixItems"] = [
                    self.grant(held, item, f"{path}[{index}]") for index, item in enumerate(items)
                ]
            least = max(least, len(items))
            most = least
        if wish.items is not None or wish.most is not None:
            node["maxItems"] = most
        if least:
            node["minItems"] = least
        return node


def _leaves_room(limit: Limit, wish: Wish) -> bool:
    """Whether a whole value that is wished for agrees with heavier wishes for what is inside it."""
    value = limit.schema.get("const")
    if isinstance(value, dict):
        held = [(value[name], inner) for name, inner in wish.keys.items() if name in value]
        return all(_meets(item, inner, limit.weight) for item, inner in held)
    if isinstance(value, list):
        most = len(value) if wish.most is None else wish.most
        inside = wish.each is None or all(_meets(v, wish.each, limit.weight) for v in value)
        return wish.least <= len(value) <= most and inside
    return True


def _meets(value: JsonValue, wish: Wish, weight: int) -> bool:
    heavier = [limit.schema for limit in wish.limits if limit.weight > weight]
    return all(validator(schema).valid(value) for schema in heavier) and _leaves_room(
        Limit(weight, {"const": value}), wish
    )


def _absence(schema: Schema, wish: Wish) -> Wish:
    """A wish for nothing, where a property that should be absent has to be there."""
    if not wish.absent:
        return wish
    nothing: tuple[JsonValue, ...] = (None, "", [], {})
    check = validator(schema)
    fitting = next((value for value in nothing if check.valid(value)), None)
    return Wish(limits=[Limit(4, {"const": fitting})])


def limited(schema: Schema, limit: Mapping[str, Any], root: Schema) -> Schema | None:
    """The schema narrowed by one limit, or None where nothing would be left.

    References of ``schema`` count from ``root``, and so do those of what is returned.
    """
    node = as_mapping(schema)
    if limit.keys() == {"const"}:
        value = limit["const"]
        if not validator(schema, root).valid(value):
            return None
        return {**{key: node[key] for key in _ABOUT if key in node}, "const": value}
    if not (node.keys() <= _PLAIN and limit.keys() <= _PLAIN):
        if '"$ref"' in to_text([schema, limit]):
            return None
        met = intersect(schema, limit)
        return None if is_false(met) else met
    merged = as_mapping(merge(schema, limit))
    if is_false(merged) or _crossed(merged):
        return None
    if "enum" in merged or "const" in merged:
        return _filtered(merged, schema, limit)
    return merged


def _filtered(merged: Mapping[str, Any], schema: Schema, limit: Mapping[str, Any]) -> Schema | None:
    values = [merged["const"]] if "const" in merged else merged["enum"]
    checks = validator(schema), validator(limit)
    kept = [value for value in values if all(check.valid(value) for check in checks)]
    about = {key: merged[key] for key in _ABOUT if key in merged}
    return {**about, "enum": kept} if kept else None


def _crossed(schema: Mapping[str, Any]) -> bool:
    """Whether bounds leave no room, as far as can be seen at once."""
    lows = [schema[key] for key in ("minimum", "exclusiveMinimum") if key in schema]
    highs = [schema[key] for key in ("maximum", "exclusiveMaximum") if key in schema]
    if lows and highs:
        low, high = max(lows), min(highs)
        strict = low in (schema.get("exclusiveMinimum"),) or high in (
            schema.get("exclusiveMaximum"),
        )
        if schema.get("type") == "integer":
            above = low == schema.get("exclusiveMinimum")
            below = high == schema.get("exclusiveMaximum")
            first = math.floor(low) + 1 if above else math.ceil(low)
            return bool(first > (math.ceil(high) - 1 if below else math.floor(high)))
        return bool(low > high or (low == high and strict))
    return bool(schema.get("minLength", 0) > schema.get("maxLength", 1 << 30))
