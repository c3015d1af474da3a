"""The shape of a value: types, format, unit and limits, and whether one can stand for another."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from toolweave.core.errors import SchemaError
from toolweave.schema.declared import pattern_matches
from toolweave.schema.patterns import write
from toolweave.schema.refs import resolve
from toolweave.schema.relations import relation
from toolweave.schema.types import Schema, canonical, type_names

FITS: Final = 1.0
OVERLAPS: Final = 0.8
# One value of a list that does not say what it holds.
UNLISTED: Final = 0.6
# A value that would have to be rewritten first: a number as text, one value as a list of one.
CONVERTED: Final = 0.4
NONE: Final = 0.0

_SCALARS: Final = frozenset({"string", "number", "integer", "boolean"})
_NUMBERS: Final = frozenset({"number", "integer"})
_ALL: Final = frozenset({"string", "number", "integer", "boolean", "array", "object"})
_DEEPEST: Final = 8
# Formats that no text of another of these formats has; a date is no moment, a moment no date.
_FORMATS: Final = {
    "date": "date", "date-time": "moment", "time": "time", "email": "email", "idn-email": "email",
    "uri": "url", "iri": "url", "url": "url", "uuid": "uuid", "ipv4": "ip", "ipv6": "ip",
    "duration": "duration",
}  # fmt: skip
_UNITS: Final = {
    unit: group[0]
    for group in (
        ("kg", "kilogram", "kilograms", "kilos"), ("g", "gram", "grams"),
        ("lb", "lbs", "pound", "pounds"), ("km", "kilometer", "kilometers", "kilometre",
        "kilometres"), ("mi", "mile", "miles"), ("cm", "centimeters", "centimetres"),
        ("mm", "millimeters", "millimetres"), ("meter", "meters", "metre", "metres"),
        ("ft", "feet"), ("inch", "inches"), ("celsius", "centigrade"), ("fahrenheit",),
        ("kelvin",), ("second", "seconds", "secs", "sec"), ("minute", "minutes", "mins", "min"),
        ("hour", "hours", "hrs"), ("day", "days"), ("week", "weeks"), ("month", "months"),
        ("year", "years"), ("percent", "pct", "percentage"), ("liter", "liters", "litre",
        "litres"), ("kwh",), ("mwh",), ("mbps",), ("gb",), ("mb",), ("usd",), ("eur",), ("gbp",),
        ("kmh", "kph"), ("mph",), ("hectare", "hectares", "ha"), ("acre", "acres"),
    )
    for unit in group
}  # fmt: skip
# How many texts of one pattern are tried against another.
_SAMPLES: Final = 4
# At the end of a name these count without being a unit (min_price, max_day) or are too short to.
_NOT_AT_THE_END: Final = frozenset({"day", "month", "year", "second", "min", "ha", "mi"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value looks like. ``listed``: it lies in an array; ``opaque``: an array of anything.

    ``limits`` is the canonical text of the keywords that narrow the value further (enums, ranges,
    patterns), or empty.
    """

    types: frozenset[str]
    format: str = ""
    unit: str = ""
    listed: bool = False
    opaque: bool = False
    limits: str = ""

    @property
    def coarse(self) -> "Shape":
        """The shape without its limits."""
        return Shape(self.types, self.format, self.unit, self.listed, self.opaque)

    @property
    def choices(self) -> frozenset[str]:
        """The values of an enumeration as canonical text; empty where there is none."""
        return _choices(self.limits)


@lru_cache(maxsize=16384)
def _choices(limits: str) -> frozenset[str]:
    held = json.loads(limits) if limits else {}
    values = [held["const"]] if "const" in held else held.get("enum", ())
    return frozenset(canonical(value) for value in values if value is not None)


def shape_of(schema: Schema, root: Schema, name_words: tuple[str, ...], *, listed: bool) -> Shape:
    """The shape of the value that ``schema`` describes, under a name of these words."""
    parts = list(_parts(schema, root, 0))
    types: frozenset[str] = frozenset().union(*(_types(part) for part in parts)) or _ALL
    formats = {_FORMATS.get(str(part.get("format", "")), "") for part in parts}
    about: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
    unit = _unit(about, name_words) if types & (_NUMBERS | {"string"}) else ""
    limits = _limits(parts[0]) if len(parts) == 1 else ""
    return Shape(
        types=types,
        format=formats.pop() if len(formats) == 1 else "",
        unit=unit,
        listed=listed,
        opaque="array" in types and types != _ALL,
        limits=limits,
    )


def _parts(schema: Schema, root: Schema, depth: int) -> Iterator[Mapping[str, Any]]:
    """The alternatives of a schema that are not null."""
    try:
        node = resolve(schema, root)
    except SchemaError:
        node = {}
    if isinstance(node, bool):
        yield {}
        return
    groups = [node[key] for key in ("anyOf", "oneOf") if node.get(key)]
    if not groups or depth > _DEEPEST or "type" in node:
        merged: dict[str, Any] = dict(node)
        for branch in node.get("allOf", ()):
            for inner in _parts(branch, root, depth + 1) if depth < _DEEPEST else ():
                merged = {**inner, **merged}
        yield merged
        return
    for branch in groups[0]:
        yield from (part for part in _parts(branch, root, depth + 1) if part.get("type") != "null")


def _types(node: Mapping[str, Any]) -> frozenset[str]:
    if "type" in node:
        return frozenset(type_names(node)) - {"null"}
    values = [node["const"]] if "const" in node else list(node.get("enum", ()))
    names = {_type_of(value) for value in values} - {"null"}
    return frozenset(names) or _ALL


def _type_of(value: object) -> str:
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return name
    if value is None:
        return "null"
    return "array" if isinstance(value, list | tuple) else "object"


def _unit(schema: Mapping[str, Any], name_words: tuple[str, ...]) -> str:
    """The unit that the schema or the end of the name states, in its common spelling."""
    stated = schema.get("x-unit")
    if isinstance(stated, str) and stated:
        plain = stated.strip().casefold()
        return _UNITS.get(plain, plain)
    last = name_words[-1] if name_words else ""
    if len(name_words) > 1 and last not in _NOT_AT_THE_END:
        return _UNITS.get(last, "")
    return ""


_NARROWING: Final = (
    "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern",
    "minLength", "maxLength", "multipleOf",
)  # fmt: skip


def _limits(node: Mapping[str, Any]) -> str:
    narrow = {key: node[key] for key in _NARROWING if key in node}
    if not narrow:
        return ""
    return canonical({**narrow, **({"type": node["type"]} if "type" in node else {})})


@lru_cache(maxsize=65536)
def fit(source: Shape, target: Shape) -> float:
    """How well a value of ``source`` stands where ``target`` is wanted, limits left aside.

    ``FITS`` without a change, ``OVERLAPS`` where some values do, ``UNLISTED`` where what is listed
    may do, ``CONVERTED`` where it would have to be written differently, ``NONE`` where it cannot.
    """
    if source.unit and target.unit and source.unit != target.unit:
        return NONE
    if target.opaque or source.opaque:
        return _with_lists(source, target)
    if not source.types & _SCALARS or not target.types & _SCALARS:
        return _structured(source, target)
    return _scalar(source, target)


def _with_lists(source: Shape, target: Shape) -> float:
    """One of the two is an array of anything."""
    if target.opaque and source.opaque:
        return FITS
    if target.opaque:
        return OVERLAPS if source.listed else CONVERTED
    # What lies in such a list is unknown: anything, and more likely a thing than a number.
    if target.listed:
        return OVERLAPS
    return UNLISTED if target.types & {"string", "object"} else NONE


def _structured(source: Shape, target: Shape) -> float:
    shared = source.types & target.types
    if not shared:
        return NONE
    return FITS if source.types <= target.types else OVERLAPS


def _scalar(source: Shape, target: Shape) -> float:
    if source.format and target.format and source.format != target.format:
        return NONE
    if source.types <= target.types or (source.types <= _NUMBERS and "number" in target.types):
        return FITS if source.format or not target.format else OVERLAPS
    if source.types & target.types or (source.types & _NUMBERS and target.types & _NUMBERS):
        return OVERLAPS
    text = "string" in target.types and not target.format and not target.limits
    return CONVERTED if text and source.types & _NUMBERS else NONE


@lru_cache(maxsize=65536)
def agree(source_limits: str, target_limits: str) -> bool:
    """Whether some value keeps within both: enums that share a value, ranges that meet.

    Raises SchemaError for limits that no schema may state.
    """
    source, target = json.loads(source_limits), json.loads(target_limits)
    if "pattern" in source and "pattern" in target and not _alike(source, target):
        return False
    return relation(source, target) != "disjoint"


def _alike(source: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    """Whether what one pattern allows ever fits the other: no two patterns can be intersected."""
    if source["pattern"] == target["pattern"]:
        return True
    stream = random.Random(0)
    for one, other in ((source, target), (target, source)):
        for _ in range(_SAMPLES):
            try:
                text = write(one["pattern"], stream)
            except SchemaError:
                return True
            if pattern_matches(other["pattern"], text):
                return True
    return False
