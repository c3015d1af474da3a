"""Which schemas are refused, and how references are followed and expanded."""

from typing import Any

import pytest

from toolweave.core.errors import SchemaError
from toolweave.schema.refs import check_schema, inline, resolve
from toolweave.schema.validators import validator

TREE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "label": {"$ref": "#/$defs/label"},
        "children": {"type": "array", "items": {"$ref": "#"}},
    },
    "required": ["label"],
    "$defs": {"label": {"type": "string", "minLength": 2}},
}


def _nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"properties": {"inner": schema}}
    return schema


def _doubling(levels: int) -> dict[str, Any]:
    definitions: dict[str, Any] = {
        f"d{level}": {"anyOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2} for level in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**definitions, f"d{levels}": {}}}


def _chain(links: int) -> dict[str, Any]:
    definitions: dict[str, Any] = {
        f"d{link}": {"$ref": f"#/$defs/d{link + 1}"} for link in range(links)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**definitions, f"d{links}": {}}}


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"properties": {"a": {"type": "strin"}}}, "#/properties/a/type"),
        ({"required": True}, "#/required"),
        ({"properties": {"a": {"pattern": "("}}}, "#/properties/a/pattern"),
        ({"properties": {"a": {"$ref": "https://example.com/s"}}}, "#/properties/a: .*not local"),
        ({"$ref": "other.json#/x"}, "not local"),
        ({"items": {"$ref": "#/$defs/none"}}, "#/items: .*does not resolve"),
        ({"$ref": "#"}, "refers to itself"),
        ({"allOf": [{"$ref": "#"}]}, "refers to itself"),
        ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, "refers to itself"),
        (_nested(10_000), "200 levels"),
        (_doubling(40), "alternatives"),
        (_chain(5_000), "in a row"),
        ({"properties": {1: {}}}, "not text"),
        ({"description": "\ud800"}, "Unicode"),
        ([], "object or a boolean"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unusable_schemas_are_refused_in_one_line(schema: Any, told: str) -> None:
    with pytest.raises(SchemaError, match=told) as caught:
        check_schema(schema)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        TREE,
        {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {}}},
        {"items": {"$ref": "#/definitions/a"}, "definitions": {"a": {"type": "string"}}},
        {"items": {"$ref": "#named"}, "$defs": {"a": {"$anchor": "named"}}},
        {"items": {"$dynamicRef": "#node"}, "$defs": {"a": {"$dynamicAnchor": "node"}}},
        {"$id": "https://example.com/tool", "items": {"$ref": "#/$defs/a"}, "$defs": {"a": {}}},
    ],
)
def test_usable_schemas_pass(schema: Any) -> None:
    check_schema(schema)


def test_resolving_keeps_what_stands_beside_the_reference() -> None:
    described = resolve({"$ref": "#/$defs/label", "description": "Shown"}, TREE)
    assert described == {"type": "string", "minLength": 2, "description": "Shown"}
    bounded = resolve({"$ref": "#/$defs/label", "maxLength": 4}, TREE)
    assert [validator(bounded).valid(text) for text in ("a", "abc", "abcde")] == [
        False,
        True,
        False,
    ]


def test_resolving_a_pure_cycle_is_refused() -> None:
    root = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    with pytest.raises(SchemaError, match="leads back to itself"):
        resolve({"$ref": "#/$defs/a"}, root)


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_an_inlined_part_stands_alone_and_judges_as_before(depth: int) -> None:
    alone = inline(TREE["properties"]["children"], TREE, depth=depth)
    check = validator(alone)
    assert check.valid([{"label": "ab", "children": [{"label": "cd", "children": []}]}])
    assert not check.valid([{"label": "ab", "children": [{"children": [{"label": "x"}]}]}])
    deep: Any = {"label": "x"}
    for _ in range(6):
        deep = {"label": "ok", "children": [deep]}
    assert not check.valid([deep])


def test_inlining_leaves_no_reference_where_there_is_no_cycle() -> None:
    schema = {
        "items": {"$ref": "#/$defs/a"},
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "null"}},
    }
    assert inline(schema) == {"items": {"type": "null"}}
