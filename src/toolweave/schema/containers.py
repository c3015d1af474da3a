"""Drawing objects and arrays: which properties, how many elements."""

import random
from collections.abc import Mapping
from typing import Any, Final, Protocol, TypeAlias

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.declared import pattern_matches
from toolweave.schema.merging import merge
from toolweave.schema.parts import Each, Index, Key, Part, joined
from toolweave.schema.patterns import write
from toolweave.schema.types import Schema, as_mapping, is_false, same, type_names

Demands: TypeAlias = tuple[tuple[Part, ...], ...]
MAX_ITEMS = 1_000
CALM_DEPTH = 6
_TRIES = 20


class Drawer(Protocol):
    """Draws a value of a schema; ``optional`` is the chance of what need not be there."""

    @property
    def rng(self) -> random.Random: ...

    @property
    def optional(self) -> float: ...

    def value(self, schema: Schema, path: str, demands: Demands, depth: int) -> JsonValue: ...


def draw_object(
    drawer: Drawer, schema: Mapping[str, Any], path: str, demands: Demands, depth: int
) -> dict[str, JsonValue]:
    """An object with what is required and demanded, and some of what is optional."""
    firm, chosen = _names(drawer, schema, demands, depth)
    drawn: dict[str, JsonValue] = {}
    for name in chosen:
        held = property_schema(schema, name)
        wanted = tuple(d[1:] for d in demands if d and d[0] == Key(name) and len(d) > 1)
        try:
            drawn[name] = drawer.value(held, joined(path, name), wanted, depth + 1)
        except SchemaError:
            if name in firm:
                raise
    _fill(drawer, schema, path, drawn, depth)
    return drawn


def _names(
    drawer: Drawer, schema: Mapping[str, Any], demands: Demands, depth: int
) -> tuple[set[str], list[str]]:
    """The names that have to be there, and all chosen ones in declared order."""
    declared = [n for n, held in schema.get("properties", {}).items() if not is_false(held)]
    firm = set(schema.get("required", ())) | {
        d[0].name for d in demands if d and isinstance(d[0], Key)
    }
    chance = drawer.optional if depth < CALM_DEPTH else 0.0
    picked = {name for name in declared if name not in firm and drawer.rng.random() < chance}
    _follow(schema, firm)
    room = schema.get("maxProperties", MAX_ITEMS) - len(firm)
    for name in declared:
        if name not in picked or name in firm:
            continue
        together = {name}
        _follow(schema, together)
        if len(together - firm) > room:
            picked.discard(name)
        else:
            room -= len(together - firm)
            picked |= together
    for name in declared:
        if len(firm | picked) < min(schema.get("minProperties", 0), MAX_ITEMS):
            picked.add(name)
    everything = firm | picked
    ordered = [name for name in declared if name in everything]
    return firm, ordered + sorted(everything - set(declared))


def _follow(schema: Mapping[str, Any], names: set[str]) -> None:
    """Add what ``dependentRequired`` demands for the names."""
    waiting = list(names)
    while waiting:
        for name in schema.get("dependentRequired", {}).get(waiting.pop(), ()):
            if name not in names:
                names.add(name)
                waiting.append(name)


def property_schema(schema: Mapping[str, Any], name: str) -> Schema:
    """What the schema says of one property, declared or not."""
    held: list[Schema] = []
    if name in schema.get("properties", {}):
        held.append(schema["properties"][name])
    for pattern, inner in schema.get("patternProperties", {}).items():
        if pattern_matches(pattern, name):
            held.append(inner)
    if not held:
        rest: Schema = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        return rest
    merged = held[0]
    for inner in held[1:]:
        merged = merge(merged, inner)
    return merged


def _fill(
    drawer: Drawer,
    schema: Mapping[str, Any],
    path: str,
    drawn: dict[str, JsonValue],
    depth: int,
) -> None:
    """Add undeclared properties up to what is needed, and a few where only such are described."""
    least = min(schema.get("minProperties", 0), MAX_ITEMS)
    rest = schema.get("additionalProperties", True)
    if not schema.get("properties") and not isinstance(rest, bool) and depth < CALM_DEPTH:
        most = schema.get("maxProperties", MAX_ITEMS)
        least = max(least, min(most, 2 if drawer.rng.random() < drawer.optional else 0))
    for _ in range((least - len(drawn)) * _TRIES):
        if len(drawn) >= least:
            return
        name = _fresh_name(drawer, schema, path, depth)
        held = property_schema(schema, name)
        if name not in drawn and not is_false(held):
            drawn[name] = drawer.value(held, joined(path, name), (), depth + 1)


_COUNTED: Final = ("available", "reserved", "pending", "sold", "returned", "total")
_MARKED: Final = ("source", "channel", "owner", "region", "label", "version")


def _fresh_name(drawer: Drawer, schema: Mapping[str, Any], path: str, depth: int) -> str:
    patterns = list(schema.get("patternProperties", {}))
    if "propertyNames" in schema:
        named = merge({"type": "string"}, schema["propertyNames"])
        return str(drawer.value(named, path, (), depth + 1))
    if patterns and drawer.rng.random() < 0.8:
        return write(drawer.rng.choice(patterns), drawer.rng)
    # What a map of anything is keyed by: states where it counts, marks where it describes.
    rest = as_mapping(schema.get("additionalProperties", True))
    usual = _COUNTED if set(type_names(rest)) & {"integer", "number"} else _MARKED
    return drawer.rng.choice((*usual, f"other_{drawer.rng.randint(1, 99)}"))


def draw_array(
    drawer: Drawer, schema: Mapping[str, Any], path: str, demands: Demands, depth: int
) -> list[JsonValue]:
    """An array of a moderate length within its bounds, holding what it must contain."""
    prefix = schema.get("prefixItems", [])
    rest: Schema = schema.get("items", schema.get("unevaluatedItems", True))
    drawn: list[JsonValue] = []
    for position in range(_length(drawer, schema, demands, depth)):
        held = prefix[position] if position < len(prefix) else rest
        if is_false(held):
            break
        if position < _contained(schema):
            held = merge(held, schema["contains"])
        wanted = tuple(
            d[1:] for d in demands if d and d[0] in (Each(), Index(position)) and len(d) > 1
        )
        place = f"{path}[{position}]"
        unlike = drawn if schema.get("uniqueItems") else []
        item = _unlike(drawer, held, place, wanted, depth, unlike)
        if item is None:
            break
        drawn.extend(item)
    return drawn


def _contained(schema: Mapping[str, Any]) -> int:
    return int(schema.get("minContains", 1)) if "contains" in schema else 0


def _length(drawer: Drawer, schema: Mapping[str, Any], demands: Demands, depth: int) -> int:
    least = max(schema.get("minItems", 0), _contained(schema))
    for demand in demands:
        if demand and not isinstance(demand[0], Key):
            at = demand[0].position if isinstance(demand[0], Index) else 0
            least = max(least, at + 1)
    most = schema.get("maxItems", MAX_ITEMS)
    if least > most or least > MAX_ITEMS:
        raise SchemaError(f"no array holds at least {least} and at most {most} elements")
    if depth >= CALM_DEPTH:
        return int(least)
    usual = len(schema.get("prefixItems", ())) or drawer.rng.randint(1, 3)
    return int(min(most, max(least, usual)))


def _unlike(
    drawer: Drawer,
    schema: Schema,
    path: str,
    demands: Demands,
    depth: int,
    others: list[JsonValue],
) -> list[JsonValue] | None:
    """One element in a list, different from the others; ``None`` when none could be found."""
    for _ in range(_TRIES if others else 1):
        item = drawer.value(schema, path, demands, depth + 1)
        if not any(same(item, other) for other in others):
            return [item]
    return None
