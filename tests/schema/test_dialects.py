"""Schemas of other dialects come out as JSON Schema 2020-12, and what was changed is said."""

from typing import Any

import pytest

from toolweave.core.errors import SchemaError
from toolweave.schema.dialects import MOST_DEFINITIONS, modern
from toolweave.schema.refs import check_schema


def _modern(schema: dict[str, Any]) -> dict[str, Any]:
    made, _ = modern(schema)
    check_schema(made)
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"type": "dict"}, {"type": "object"}),
        ({"type": "String"}, {"type": "string"}),
        ({"type": "float"}, {"type": "number"}),
        (
            {"type": "tuple", "items": {"type": "int"}},
            {"type": "array", "items": {"type": "integer"}},
        ),
        ({"type": "any", "description": "d"}, {"description": "d"}),
        ({"type": "datetime"}, {"type": "string", "format": "date-time"}),
        ({"type": ["string", "None"]}, {"type": ["string", "null"]}),
        ({"type": "string|null"}, {"type": ["string", "null"]}),
        ({"type": {"a": 1}}, {}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"type": "number", "minimum": 1, "exclusiveMinimum": True},
            {"type": "number", "exclusiveMinimum": 1},
        ),
        (
            {"type": "number", "maximum": 1, "exclusiveMaximum": False},
            {"type": "number", "maximum": 1},
        ),
        ({"type": "number", "minimum": "one"}, {"type": "number"}),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        (
            {"items": [{"type": "string"}], "additionalItems": False},
            {"prefixItems": [{"type": "string"}], "items": False},
        ),
        ({"dependencies": {"a": ["b"]}}, {"dependentRequired": {"a": ["b"]}}),
        ({"type": "string", "pattern": "(["}, {"type": "string"}),
        ({"type": "integer", "default": "5"}, {"type": "integer", "default": 5}),
        ({"type": "boolean", "default": "True"}, {"type": "boolean", "default": True}),
        ({"type": "string", "default": "None"}, {"type": "string"}),
        (
            {"type": "string", "enum": ["None", "a"], "default": "None"},
            {"type": "string", "enum": ["None", "a"], "default": "None"},
        ),
        ({"type": "integer", "default": "many"}, {"type": "integer"}),
        ({"type": "integer", "enum": ["a", "b", "a"]}, {"enum": ["a", "b"]}),
        ({"enum": []}, {}),
        ({"type": "string", "description": 5}, {"type": "string"}),
        (
            {"discriminator": {}, "xml": {}, "x-foo": 1, "x-unit": "km", "type": "number"},
            {"type": "number", "x-unit": "km"},
        ),
        (
            {"properties": [{"name": "a", "type": "string"}], "type": "object"},
            {"type": "object", "properties": {"a": {"type": "string"}}},
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string", "required": True}, "b": "int"},
            },
            {
                "type": "object",
                "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
                "required": ["a"],
            },
        ),
    ],
)
def test_what_other_writers_mean_is_written_in_2020_12(
    given: dict[str, Any], made: dict[str, Any]
) -> None:
    assert _modern(given) == made


def test_a_valid_schema_is_left_alone_and_nothing_is_noted() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "default": "x"}, "b": {"$ref": "#/$defs/node"}},
        "required": ["a"],
        "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}},
    }
    assert modern(schema) == (schema, [])


def test_converting_twice_changes_nothing_more() -> None:
    once = _modern(
        {
            "definitions": {
                "A": {"nullable": True, "$ref": "#/definitions/B"},
                "B": {"type": "int"},
            },
            "properties": {"a": {"$ref": "#/definitions/A"}},
        }
    )
    assert modern(once) == (once, [])


def test_references_from_anywhere_point_to_definitions() -> None:
    made = _modern(
        {
            "properties": {
                "a": {"$ref": "#/definitions/X"},
                "b": {"$ref": "#/properties/c"},
                "c": {"type": "int"},
            },
            "definitions": {"X": {"properties": {"again": {"$ref": "#/definitions/X"}}}},
        }
    )
    assert made["properties"]["a"] == {"$ref": "#/$defs/X"}
    assert made["$defs"]["X"]["properties"]["again"] == {"$ref": "#/$defs/X"}
    assert made["$defs"]["c"] == {"type": "integer"}
    assert "definitions" not in made


def test_what_is_nullable_by_reference_may_be_null() -> None:
    made = _modern(
        {"properties": {"a": {"nullable": True, "allOf": [{"type": "string"}], "description": "d"}}}
    )
    assert made["properties"]["a"] == {
        "anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}],
        "description": "d",
    }


@pytest.mark.parametrize(
    "ref",
    ["http://example.com/a.json", "other.json#/X", "file:///etc/passwd", "#/definitions/none"],
)
def test_a_reference_that_leads_out_or_nowhere_is_refused(ref: str) -> None:
    with pytest.raises(SchemaError):
        modern({"properties": {"a": {"$ref": ref}}})


def test_hidden_properties_are_left_out_and_no_longer_required() -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string", "readOnly": True}, "name": {"type": "string"}},
        "required": ["id", "name"],
    }
    made, notes = modern(schema, hidden="readOnly")
    assert made == {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
    }
    assert notes == ["'id' is readOnly and was left out"]


def test_controls_and_overlong_texts_are_cut_and_said() -> None:
    made, notes = modern({"description": "a\x1b[31m\u202eb" + "x" * 5000})
    assert isinstance(made, dict)
    assert made["description"].startswith("a[31mb")
    assert len(made["description"]) < 2_010
    assert len(notes) == 2


def test_names_of_properties_lose_what_can_act() -> None:
    made = _modern(
        {
            "type": "object",
            "properties": {"a\u202e\x00": {}, "": {}},
            "required": ["a\u202e\x00", ""],
        }
    )
    assert made == {"type": "object", "properties": {"a": {}}, "required": ["a"]}


def test_a_web_of_definitions_is_cut_where_it_gets_too_large() -> None:
    many = {f"d{i}": {"properties": {"n": {"$ref": f"#/definitions/d{i + 1}"}}} for i in range(99)}
    made, notes = modern({"$ref": "#/definitions/d0", "definitions": {**many, "d99": {}}})
    check_schema(made)
    assert isinstance(made, dict)
    assert len(made["$defs"]) == MOST_DEFINITIONS + 1
    assert any("left open" in note for note in notes)
