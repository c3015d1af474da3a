"""Drawing valid values: every keyword, the caller's own values, demands, and what cannot be met."""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.formats import WRITERS
from toolweave.schema.paths import values_at
from toolweave.schema.sampling import MISSING, Missing, sample
from toolweave.schema.validators import validator

TEXT = {"type": "string"}
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "address": {
            "type": "object",
            "properties": {"city": TEXT, "zip": {"type": "string", "pattern": "^[0-9]{5}$"}},
            "required": ["zip"],
        },
        "pets": {"type": "array", "items": {"type": "object", "properties": {"kind": TEXT}}},
    },
    "required": ["name"],
}


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        {"not": TEXT},
        {"type": ["integer", "null"], "not": {"type": "null"}},
        {"type": "integer", "multipleOf": 7, "minimum": 100, "maximum": 106},
        {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6},
        {"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0, "maximum": 0.03},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-9},
        {"type": "integer", "minimum": 10**25},
        {"type": "string", "minLength": 30, "maxLength": 31},
        {"type": "string", "pattern": "^[a-z]+$", "minLength": 20},
        {"type": "string", "pattern": "^a", "allOf": [{"pattern": "^a*$"}, {"minLength": 2}]},
        {"type": "array", "uniqueItems": True, "items": {"enum": [1, 2, 3]}, "minItems": 3},
        {"type": "array", "contains": {"const": 5}, "items": {"type": "integer"}, "minContains": 2},
        {"type": "array", "prefixItems": [TEXT, {"type": "integer"}], "items": False},
        {"type": "object", "patternProperties": {"^x_[a-z]{3}$": TEXT}, "minProperties": 2},
        {"type": "object", "propertyNames": {"pattern": "^k[0-9]$"}, "minProperties": 3},
        {"type": "object", "properties": {c: TEXT for c in "abcdef"}, "maxProperties": 1},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"oneOf": [{"type": "integer"}, {"type": "number"}]},
        {
            "allOf": [
                {"anyOf": [TEXT, {"type": "null"}]},
                {"anyOf": [{"type": "null"}, {"enum": [1]}]},
            ]
        },
        {
            "type": "object",
            "properties": {"a": TEXT},
            "allOf": [{"properties": {"b": TEXT}, "required": ["b"]}],
            "unevaluatedProperties": False,
        },
        {
            "type": "object",
            "properties": {"a": TEXT},
            "required": ["a"],
            "dependentSchemas": {"a": {"properties": {"b": {"type": "null"}}, "required": ["b"]}},
        },
        {
            "type": "object",
            "properties": {"kind": {"enum": ["x", "y", "z"]}},
            "required": ["kind"],
            "allOf": [
                {
                    "if": {"properties": {"kind": {"const": kind}}},
                    "then": {"properties": {f"for_{kind}": TEXT}, "required": [f"for_{kind}"]},
                    "else": {"properties": {f"for_{kind}": False}},
                }
                for kind in "xyz"
            ],
        },
    ],
)
def test_drawn_values_are_valid(schema: Any) -> None:
    for seed in range(12):
        drawn = sample(schema, random.Random(seed))
        assert validator(schema).violations(drawn) == []


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_every_format_is_written_validly(name: str) -> None:
    for seed in range(20):
        sample({"type": "string", "format": name}, random.Random(seed))


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"enum": []},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "string", "pattern": "^a$", "minLength": 3},
        {"type": "string", "format": "date", "maxLength": 3},
        {"type": "array", "uniqueItems": True, "items": {"type": "boolean"}, "minItems": 3},
        {"type": "array", "minItems": 10**9},
        {"type": "object", "properties": {"inner": {"$ref": "#"}}, "required": ["inner"]},
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
    ],
)
def test_what_cannot_be_met_is_said(schema: Any) -> None:
    with pytest.raises(SchemaError, match="no valid value found"):
        sample(schema, random.Random(0))


def test_the_callers_values_are_used_where_they_are_valid() -> None:
    asked: list[str] = []

    def draw(path: str, schema: Mapping[str, Any], rng: random.Random) -> JsonValue | Missing:
        asked.append(path)
        return {"person.name": "Ada", "person.address.zip": "not a code"}.get(path, MISSING)

    drawn: Any = sample(PERSON, random.Random(1), draw, "person", demand=["address.city"])
    assert drawn["name"] == "Ada"
    assert drawn["address"]["zip"].isdigit()
    assert {"person", "person.name", "person.address", "person.address.city"} <= set(asked)


def test_demanded_paths_are_there_even_without_optional_ones() -> None:
    demand = ["pets[].kind", "address.city"]
    for seed in range(10):
        drawn = sample(PERSON, random.Random(seed), optional=0.0, demand=demand)
        assert all(values_at(drawn, path) for path in demand)
        assert validator(PERSON).valid(drawn)


def test_a_demand_that_cannot_be_met_is_named() -> None:
    closed = {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False}
    with pytest.raises(SchemaError, match=r"admits nothing|cannot be there"):
        sample(closed, random.Random(0), demand=["b"])


def test_optional_properties_follow_their_chance() -> None:
    bare = sample(PERSON, random.Random(2), optional=0.0)
    full = sample(PERSON, random.Random(2), optional=1.0)
    assert isinstance(bare, dict)
    assert isinstance(full, dict)
    assert set(bare) == {"name"}
    assert set(full) == {"name", "address", "pets"}


def test_a_part_is_drawn_with_the_references_of_its_root() -> None:
    root = {"$defs": {"code": {"type": "string", "pattern": "^[A-Z]{3}$"}}}
    drawn: Any = sample({"$ref": "#/$defs/code"}, random.Random(0), root=root)
    assert len(drawn) == 3
    assert drawn.isupper()


def test_exploding_schemas_end() -> None:
    definitions: dict[str, Any] = {
        f"d{level}": {
            "type": "object",
            "properties": {side: {"$ref": f"#/$defs/d{level + 1}"} for side in "lr"},
            "required": ["l", "r"],
        }
        for level in range(30)
    }
    definitions["d30"] = {"type": "string"}
    with pytest.raises(SchemaError, match="too large"):
        sample({"$ref": "#/$defs/d0", "$defs": definitions}, random.Random(0))
