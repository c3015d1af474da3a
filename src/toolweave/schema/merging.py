"""Merging two schemas into one that demands both, in a form that values are easily drawn from.

References have to be resolvable from the same root. What cannot be merged stays under ``allOf``.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from toolweave.schema.formats import formats_apart
from toolweave.schema.keywords import ANNOTATIONS, DEFINITIONS
from toolweave.schema.refs import resolve
from toolweave.schema.types import Schema, as_mapping, is_false, same, type_names

MAX_LEVELS = 40
NOTHING: Mapping[str, Any] = {"not": {}}
_Rule: TypeAlias = Callable[[Any, Any], Any]
_GROUPS: tuple[tuple[str, ...], ...] = (
    ("if", "then", "else"),
    ("contains", "minContains", "maxContains"),
)
_UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
_OBJECT = ("properties", "patternProperties", "additionalProperties")
_ARRAY = ("prefixItems", "items")


class _Apart(Exception):
    """Two values of a keyword that only ``allOf`` can hold together."""


def _least_multiple(left: float, right: float) -> float:
    if isinstance(left, int) and isinstance(right, int):
        return math.lcm(left, right)
    raise _Apart


def _union(left: list[str], right: list[str]) -> list[str]:
    return [*left, *(name for name in right if name not in left)]


_RULES: dict[str, _Rule] = {
    "minimum": max,
    "exclusiveMinimum": max,
    "minLength": max,
    "minItems": max,
    "minProperties": max,
    "maximum": min,
    "exclusiveMaximum": min,
    "maxLength": min,
    "maxItems": min,
    "maxProperties": min,
    "multipleOf": _least_multiple,
    "required": _union,
    "uniqueItems": lambda left, right: left or right,
    "allOf": lambda left, right: [*left, *right],
}


def flatten(schema: Schema, root: Schema, *, loose: bool = False) -> Schema:
    """The schema with its reference followed and its ``allOf`` merged in, one level deep.

    ``loose`` drops unevaluatedProperties and unevaluatedItems, which otherwise forbid merging.
    """
    return _flat(schema, root, loose, 0)


def _flat(schema: Schema, root: Schema, loose: bool, level: int) -> Schema:
    node = resolve(schema, root)
    if loose and not isinstance(node, bool) and _closed(node):
        node = {key: value for key, value in node.items() if key not in _UNEVALUATED}
    if isinstance(node, bool) or "allOf" not in node or level > MAX_LEVELS or _closed(node):
        return node
    merged: Schema = {key: value for key, value in node.items() if key != "allOf"}
    for branch in node["allOf"]:
        merged = merge(merged, _flat(branch, root, loose, level + 1))
    return merged


def _closed(node: Mapping[str, Any]) -> bool:
    return any(keyword in node for keyword in _UNEVALUATED)


def merge(left: Schema, right: Schema) -> Schema:
    """A schema whose values are exactly those that both admit; annotations of ``left`` win."""
    return _merge(left, right, 0)


def _merge(left: Schema, right: Schema, level: int) -> Schema:
    if is_false(left) or is_false(right):
        return NOTHING
    if right in (True, {}) or left in (True, {}):
        return left if right in (True, {}) else right
    one, two = dict(as_mapping(left)), dict(as_mapping(right))
    if same(one, two):
        return one
    if level > MAX_LEVELS or _closed(one) or _closed(two):
        return _both(one, two)
    if not _merge_types(one, two) or not _merge_values(one, two):
        return NOTHING
    if one.get("type") == "string" and formats_apart(one.get("format"), two.get("format")):
        return NOTHING
    apart = _merge_groups(one, two, level)
    _merge_rest(one, two, apart)
    if apart:
        one["allOf"] = [*one.get("allOf", ()), apart]
    return one


def _merge_groups(one: dict[str, Any], two: dict[str, Any], level: int) -> dict[str, Any]:
    """Merge keywords that only mean something together; returns those of ``two`` that did not."""
    apart: dict[str, Any] = {}
    if _meet(one, two, _OBJECT) and not _merge_objects(one, two, level):
        apart.update(_taken(two, _OBJECT))
    if _meet(one, two, _ARRAY):
        _merge_arrays(one, two, level)
    for keywords in _GROUPS:
        if _meet(one, two, keywords) and any(one.get(k) != two.get(k) for k in keywords):
            apart.update(_taken(two, keywords))
    return apart


def _both(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    definitions = {**one.pop("$defs", {}), **two.pop("$defs", {})}
    whole: dict[str, Any] = {"allOf": [one, two]}
    return {**whole, "$defs": definitions} if definitions else whole


def _meet(one: Mapping[str, Any], two: Mapping[str, Any], keywords: tuple[str, ...]) -> bool:
    return any(k in one for k in keywords) and any(k in two for k in keywords)


def _taken(two: dict[str, Any], keywords: tuple[str, ...]) -> dict[str, Any]:
    return {keyword: two.pop(keyword) for keyword in keywords if keyword in two}


def _merge_rest(one: dict[str, Any], two: dict[str, Any], apart: dict[str, Any]) -> None:
    for keyword, value in two.items():
        if keyword in DEFINITIONS and keyword in one:
            one[keyword] = {**value, **one[keyword]}
        elif keyword not in one:
            one[keyword] = value
        elif keyword in ANNOTATIONS or same(one[keyword], value):
            continue
        else:
            try:
                one[keyword] = _RULES[keyword](one[keyword], value)
            except (KeyError, _Apart):
                apart[keyword] = value


def _merge_types(one: dict[str, Any], two: dict[str, Any]) -> bool:
    if "type" not in one or "type" not in two:
        return True
    mine, other = type_names(one), type_names(two.copy())
    del two["type"]
    kept = [name for name in mine if name in other or (name == "integer" and "number" in other)]
    if "number" in mine and "integer" in other and "integer" not in kept:
        kept.append("integer")
    one["type"] = kept[0] if len(kept) == 1 else kept
    return bool(kept)


def _merge_values(one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Reduce enum and const of both to what they share; false when they share nothing."""
    lists: list[list[Any]] = []
    for node in (one, two):
        if "const" in node:
            lists.append([node["const"]])
        if "enum" in node:
            lists.append(list(node["enum"]))
    if len(lists) < 2:
        return True
    shared = [v for v in lists[0] if all(any(same(v, o) for o in other) for other in lists[1:])]
    for node in (one, two):
        node.pop("const", None)
        node.pop("enum", None)
    one["enum"] = shared
    return bool(shared)


def _merge_objects(one: dict[str, Any], two: dict[str, Any], level: int) -> bool:
    """Merge what both say of properties, in place; false when patterns stand in the way."""
    if "patternProperties" in one or "patternProperties" in two:
        return False
    mine, other = one.get("properties", {}), two.pop("properties", {})
    rest_one, rest_two = (
        one.get("additionalProperties", True),
        two.pop("additionalProperties", True),
    )
    merged = {
        name: _merge(mine.get(name, rest_one), other.get(name, rest_two), level + 1)
        for name in [*mine, *(name for name in other if name not in mine)]
    }
    if merged:
        one["properties"] = merged
    rest = _merge(rest_one, rest_two, level + 1)
    if rest is not True:
        one["additionalProperties"] = False if is_false(rest) else rest
    return True


def _merge_arrays(one: dict[str, Any], two: dict[str, Any], level: int) -> None:
    mine, other = one.get("prefixItems", []), two.pop("prefixItems", [])
    rest_one, rest_two = one.get("items", True), two.pop("items", True)
    merged = [
        _merge(
            mine[position] if position < len(mine) else rest_one,
            other[position] if position < len(other) else rest_two,
            level + 1,
        )
        for position in range(max(len(mine), len(other)))
    ]
    if merged:
        one["prefixItems"] = merged
    rest = _merge(rest_one, rest_two, level + 1)
    if rest is not True:
        one["items"] = False if is_false(rest) else rest


def branches(
    schema: Mapping[str, Any], keyword: str, root: Schema, *, loose: bool = False
) -> list[Schema]:
    """Each branch of ``anyOf`` or ``oneOf`` merged with what stands around it, if it can hold."""
    around = {key: value for key, value in schema.items() if key != keyword}
    merged = [merge(around, flatten(branch, root, loose=loose)) for branch in schema[keyword]]
    return [branch for branch in merged if not is_false(branch)]
