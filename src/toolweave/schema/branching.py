"""The ways in which a schema's alternatives can be met, in the order to try them."""

import random
from collections.abc import Mapping
from typing import Any

from toolweave.schema.containers import Demands
from toolweave.schema.merging import branches, flatten, merge
from toolweave.schema.parts import Key
from toolweave.schema.types import TYPES, Schema, is_false, type_names

_NULL_LAST = 0.85
_TELLING = {
    "object": ("properties", "required", "additionalProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_TELLING["object"] += ("minProperties", "maxProperties", "propertyNames", "dependentRequired")


def kinds(node: Mapping[str, Any], rng: random.Random) -> list[str]:
    """The types to try, likely ones first; null comes last more often than not."""
    if "type" in node:
        named = list(type_names(node))
    else:
        named = [kind for kind, keys in _TELLING.items() if any(key in node for key in keys)]
    if len(named) == 1 and "type" in node:
        return named
    rng.shuffle(named)
    if "null" in named and rng.random() < _NULL_LAST:
        named.remove("null")
        named.append("null")
    if "type" in node:
        return named
    rest = [kind for kind in ("string", "integer", "number", "boolean") if kind not in named]
    rng.shuffle(rest)
    return [*named, *rest, *(k for k in TYPES if k not in named and k not in rest)]


def alternatives(
    node: Mapping[str, Any], root: Schema, rng: random.Random, optional: float, demands: Demands
) -> list[Schema] | None:
    """Schemas of which each meets one alternative of the node; ``None`` when it offers none."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in node:
            return _ordered(branches(node, keyword, root, loose=True), rng)
    if "if" in node:
        return _conditional(node, root, rng)
    if node.get("dependentSchemas"):
        return _dependent(node, root, rng, optional, demands)
    return None


def _ordered(options: list[Schema], rng: random.Random) -> list[Schema]:
    rng.shuffle(options)
    if rng.random() < _NULL_LAST:
        options.sort(
            key=lambda option: isinstance(option, Mapping) and option.get("type") == "null"
        )
    return options


def _conditional(node: Mapping[str, Any], root: Schema, rng: random.Random) -> list[Schema]:
    around: Schema = {k: v for k, v in node.items() if k not in ("if", "then", "else")}
    if "then" not in node and "else" not in node:
        return [around]
    condition = flatten(node["if"], root, loose=True)
    met = merge(merge(around, condition), flatten(node.get("then", True), root, loose=True))
    unmet = merge(
        merge(around, negated(condition)), flatten(node.get("else", True), root, loose=True)
    )
    return _ordered([option for option in (met, unmet) if not is_false(option)], rng)


def negated(condition: Schema) -> Schema:
    """A schema that holds where the condition does not, made easy to draw from where possible."""
    if isinstance(condition, Mapping) and condition.keys() <= {"properties", "required"}:
        held = condition.get("properties", {})
        required = set(condition.get("required", ()))
        if len(held) == 1 and required <= held.keys():
            ((name, inner),) = held.items()
            other: dict[str, Any] = {"properties": {name: {"not": inner}}}
            return other if required else {**other, "required": [name]}
        if not held and len(required) == 1:
            return {"properties": {name: False for name in required}}
    return {"not": condition}


def _dependent(
    node: Mapping[str, Any], root: Schema, rng: random.Random, optional: float, demands: Demands
) -> list[Schema]:
    name, dependent = next(iter(node["dependentSchemas"].items()))
    others = {n: held for n, held in node["dependentSchemas"].items() if n != name}
    around: dict[str, Any] = {k: v for k, v in node.items() if k != "dependentSchemas"}
    if others:
        around["dependentSchemas"] = others
    given = merge(merge(around, {"required": [name]}), flatten(dependent, root, loose=True))
    absent = merge(around, {"properties": {name: False}})
    demanded = any(demand and demand[0] == Key(name) for demand in demands)
    wanted = demanded or name in node.get("required", ()) or rng.random() < optional
    options = [given, absent] if wanted else [absent, given]
    return [option for option in options if not is_false(option)]
