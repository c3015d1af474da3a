"""Whether one schema's values can stand where another is demanded, and what both admit."""

from typing import Any

import pytest

from toolweave.schema.relations import intersect, relation

TEXT: dict[str, Any] = {"type": "string"}


def _object(held: Any, *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": held}, "required": list(required)}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (TEXT, {"type": "string", "format": "date"}, "overlaps"),
        ({"type": "string", "format": "date"}, TEXT, "fits"),
        ({"format": "date", **TEXT}, {"format": "date-time", **TEXT}, "disjoint"),
        ({"format": "date", **TEXT}, {"format": "email", **TEXT}, "disjoint"),
        ({"format": "email", **TEXT}, {"format": "idn-email", **TEXT}, "overlaps"),
        (
            {"type": ["string", "null"], "format": "time"},
            {"anyOf": [{"format": "uuid", **TEXT}, {"type": "integer"}]},
            "disjoint",
        ),
        (
            _object({"type": "array", "items": {"format": "date", **TEXT}}),
            _object({"type": "array", "items": {"format": "time", **TEXT}}, "a"),
            "disjoint",
        ),
        ({"type": "integer"}, {"type": "number"}, "fits"),
        ({"type": "number"}, {"type": "integer"}, "overlaps"),
        ({"type": "integer", "minimum": 5}, {"type": "number", "maximum": 4.5}, "disjoint"),
        ({"enum": ["a", "b"]}, {"enum": ["b", "c"]}, "overlaps"),
        ({"enum": ["a"]}, {"enum": ["c"]}, "disjoint"),
        ({"const": "a"}, {"enum": ["a", "b"]}, "fits"),
        ({"const": 1}, {"type": "boolean"}, "disjoint"),
        ({"type": ["string", "null"]}, TEXT, "overlaps"),
        ({"anyOf": [TEXT, {"type": "null"}]}, {"type": "integer"}, "disjoint"),
        (TEXT, {"anyOf": [TEXT, {"type": "integer"}]}, "fits"),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": TEXT}, "fits"),
        (
            {"type": "array", "items": TEXT},
            {"type": "array", "items": {"type": "integer"}},
            "disjoint",
        ),
        (_object(TEXT, "a"), _object(TEXT, "a"), "fits"),
        (_object(TEXT), _object(TEXT, "a"), "overlaps"),
        (_object(TEXT), _object({"type": "integer"}, "a"), "disjoint"),
        ({}, TEXT, "overlaps"),
        (TEXT, {}, "fits"),
        (TEXT, True, "fits"),
        ({"type": "string", "description": "one"}, {"type": "string", "title": "two"}, "fits"),
    ],
)
def test_relations(source: Any, target: Any, expected: str) -> None:
    assert relation(source, target) == expected


def test_references_count_from_each_root() -> None:
    root = {"$defs": {"id": {"type": "integer"}}}
    other = {"$defs": {"id": {"type": "string"}}}
    part = {"$ref": "#/$defs/id"}
    assert relation(part, part, root, other) == "disjoint"
    assert relation(part, {"type": "number"}, root) == "fits"


def test_recursive_schemas_relate() -> None:
    tree: dict[str, Any] = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#"}}},
        "required": ["children"],
    }
    assert relation(tree, tree) == "fits"
    assert relation(tree, {"type": "object"}) == "fits"
    assert relation(tree, TEXT) == "disjoint"


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ({"enum": ["a", "b"]}, {"enum": ["b", "c"]}, {"enum": ["b"]}),
        ({"enum": ["a", "bb", 3]}, {"type": "string", "minLength": 2}, {"enum": ["bb"]}),
        ({"enum": ["a"]}, {"enum": ["b"]}, False),
        (TEXT, {"format": "date"}, {"type": "string", "format": "date"}),
        ({"format": "date", **TEXT}, {"format": "time", **TEXT}, False),
        ({"type": ["string", "integer"]}, {"type": "number"}, {"type": "integer"}),
        (
            {"type": "integer", "minimum": 1, "maximum": 9},
            {"type": "integer", "minimum": 4, "maximum": 20},
            {"type": "integer", "minimum": 4, "maximum": 9},
        ),
        ({"anyOf": [TEXT, {"type": "null"}]}, TEXT, TEXT),
        ({"multipleOf": 4}, {"multipleOf": 6}, {"multipleOf": 12}),
        (
            _object(TEXT, "a"),
            {"type": "object", "properties": {"a": {"minLength": 2}, "b": TEXT}},
            {
                "type": "object",
                "properties": {"a": {"type": "string", "minLength": 2}, "b": TEXT},
                "required": ["a"],
            },
        ),
        (
            {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
            {"type": "object", "properties": {"b": TEXT}},
            {
                "type": "object",
                "properties": {"a": TEXT, "b": {"not": {}}},
                "additionalProperties": False,
            },
        ),
        ({"pattern": "^a"}, {"pattern": "b$"}, {"pattern": "^a", "allOf": [{"pattern": "b$"}]}),
    ],
)
def test_intersections_are_merged_where_that_is_simple(one: Any, two: Any, expected: Any) -> None:
    assert intersect(one, two) == expected
