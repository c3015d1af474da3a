"""The path grammar, values at paths, and what a schema declares there."""

from typing import Any

import pytest

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.parts import EACH, Index, Key, covers, format_path, parse
from toolweave.schema.paths import leaf_values, leaves, put, schema_at, values_at

TICKETS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "tickets": {"type": "array", "items": {"$ref": "#/$defs/ticket"}},
        "address": {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {"city": {"type": "string"}, "zip": {"type": "string"}},
                    "required": ["city"],
                },
                {"type": "null"},
            ]
        },
        "point": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "integer"}]},
    },
    "required": ["tickets", "address"],
    "$defs": {
        "ticket": {
            "type": "object",
            "properties": {
                "ticket_id": {"type": "string"},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/ticket"}},
            },
            "required": ["ticket_id"],
        }
    },
}


def test_paths_are_read_into_keys_indices_and_each() -> None:
    assert parse("tickets[].parts[2].ticket_id") == (
        Key("tickets"),
        EACH,
        Key("parts"),
        Index(2),
        Key("ticket_id"),
    )
    assert parse(r"a\.b.\e") == (Key("a.b"), Key(""))
    assert parse("") == ()


@pytest.mark.parametrize(
    "path", ["a.", "a..b", ".a", "a[", "a]", "a[x]", "a[-1]", "a[0]b", "\\", r"a\e", "a[99999]"]
)
def test_malformed_paths_are_refused(path: str) -> None:
    with pytest.raises(SchemaError, match="path"):
        parse(path)


def test_a_path_covers_what_lies_inside_it() -> None:
    assert covers(parse("address"), parse("address.city"))
    assert covers(parse("items[]"), parse("items[3].sku"))
    assert not covers(parse("items[3]"), parse("items[].sku"))
    assert not covers(parse("address.city"), parse("address"))


def test_each_fans_out_and_absent_places_hold_nothing() -> None:
    value: Any = {"tickets": [{"id": 1, "tags": ["a", "b"]}, {"tags": ["c"]}, 7]}
    assert values_at(value, "tickets[].tags[]") == ["a", "b", "c"]
    assert values_at(value, "tickets[].id") == [1]
    assert values_at(value, "tickets[5]") == []
    assert values_at(value, "tickets.id") == []


def test_put_builds_objects_and_arrays_in_any_order() -> None:
    root: dict[str, Any] = {}
    put(root, "items[1].sku", "B2")
    put(root, "items[0].sku", "A1")
    put(root, "address.city", "Oslo")
    assert root == {"items": [{"sku": "A1"}, {"sku": "B2"}], "address": {"city": "Oslo"}}


@pytest.mark.parametrize("path", ["", "items[].sku", "name.first", "items.sku"])
def test_put_refuses_what_is_not_one_place(path: str) -> None:
    root: dict[str, Any] = {"name": "text", "items": [{"sku": "A1"}]}
    with pytest.raises(SchemaError):
        put(root, path, 1)


def test_schema_at_looks_through_references_and_alternatives() -> None:
    assert schema_at(TICKETS, "tickets[].parts[0].ticket_id") == {"type": "string"}
    assert schema_at(TICKETS, "address.city") == {"type": "string"}
    assert schema_at(TICKETS, "point[1]") == {"type": "integer"}
    assert schema_at(TICKETS, "point[2]") is None
    assert schema_at(TICKETS, "tickets[].missing") is None


def test_schema_at_combines_what_several_branches_declare() -> None:
    schema = {
        "properties": {"kind": {"enum": ["a", "b"]}, "size": {"type": "integer"}},
        "oneOf": [
            {"properties": {"kind": {"const": "a"}, "value": {"type": "string"}}},
            {"properties": {"kind": {"const": "b"}, "value": {"type": "integer"}}},
        ],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"properties": {"extra": {"type": "boolean"}}},
        "allOf": [{"properties": {"size": {"minimum": 1}}}],
    }
    assert schema_at(schema, "value") == {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert schema_at(schema, "size") == {"allOf": [{"type": "integer"}, {"minimum": 1}]}
    assert schema_at(schema, "extra") == {"type": "boolean"}


def test_schema_at_finds_what_only_one_alternative_says_of_a_declared_place() -> None:
    deeper = {"properties": {"a": {"properties": {"b": {"type": "null"}}}}}
    schema: dict[str, Any] = {
        "properties": {"a": {"properties": {"c": {"type": "string"}}}},
        "dependentSchemas": {"a": deeper},
    }
    assert schema_at(schema, "a.b") == {"type": "null"}
    assert schema_at(schema, "a") == {"properties": {"c": {"type": "string"}}}


def test_described_additional_properties_count_as_declared() -> None:
    named: dict[str, Any] = {"patternProperties": {"^x_": {"type": "integer"}}}
    assert schema_at({**named, "additionalProperties": {"type": "string"}}, "other") == {
        "type": "string"
    }
    assert schema_at({**named, "additionalProperties": True}, "x_1") == {"type": "integer"}
    assert schema_at({**named, "additionalProperties": True}, "other") is None


def test_leaves_are_listed_in_order_with_what_is_required() -> None:
    found = [(leaf.path, leaf.required) for leaf in leaves(TICKETS)]
    assert found == [
        ("tickets[].ticket_id", True),
        ("tickets[].parts[]", False),
        ("address.city", True),
        ("address.zip", False),
        ("point[0]", False),
        ("point[1]", False),
    ]


def test_leaves_of_one_branch_only_are_not_required() -> None:
    card = {"properties": {"card": {"type": "string"}}, "required": ["card"]}
    cash = {"properties": {"cash": {"type": "number"}}, "required": ["cash"]}
    schema: dict[str, Any] = {"type": "object", "oneOf": [card, cash]}
    assert [(leaf.path, leaf.required) for leaf in leaves(schema)] == [
        ("card", False),
        ("cash", False),
    ]


def test_leaves_of_exploding_definitions_stay_bounded() -> None:
    definitions: dict[str, Any] = {
        f"d{level}": {
            "type": "object",
            "properties": {side: {"$ref": f"#/$defs/d{level + 1}"} for side in "lr"},
        }
        for level in range(40)
    }
    definitions["d40"] = {"type": "string"}
    found = leaves({"$ref": "#/$defs/d0", "$defs": definitions})
    assert 0 < len(found) <= 2_000


def test_leaves_repeated_by_alternatives_stay_bounded() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(12):
        branch = {"type": "object", "properties": {"x": schema}}
        schema = {"anyOf": [branch, branch, branch]}
    assert [leaf.path for leaf in leaves(schema)] == [".".join(["x"] * 12)]


def test_written_parts_escape_special_keys() -> None:
    assert format_path([Key("a.b"), Index(0), Key(""), Key("c[]")]) == r"a\.b[0].\e.c\[\]"


def test_leaf_values_come_in_order_with_paths_that_lead_back_to_them() -> None:
    value: JsonValue = {"a": [{"b.c": 1}, []], "d": {}, "e": None, "": ["x", {"f": True}]}
    found = list(leaf_values(value))
    assert [inner for _, inner in found] == [1, [], {}, None, "x", True]
    assert all(values_at(value, path) == [inner] for path, inner in found)
    assert list(leaf_values(7)) == [("", 7)]


def test_leaf_values_of_endless_nesting_need_no_recursion() -> None:
    value: JsonValue = 1
    for _ in range(5_000):
        value = [value]
    assert [inner for _, inner in leaf_values(value)] == [1]
