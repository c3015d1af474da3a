"""Which paths an object still needs, given what is bound and known."""

from typing import Any

import pytest

from toolweave.core.errors import SchemaError
from toolweave.schema.conditional import requirements, triggers

TEXT = {"type": "string"}
ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["gift", "plain"]},
        "note": TEXT,
        "address": {
            "type": "object",
            "properties": {"city": TEXT, "zip": TEXT, "floor": TEXT},
            "required": ["city", "zip"],
        },
        "coupon": TEXT,
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"sku": TEXT, "count": {"type": "integer"}},
                "required": ["sku", "count"],
            },
        },
    },
    "required": ["kind"],
    "if": {"properties": {"kind": {"const": "gift"}}},
    "then": {"required": ["note"]},
    "dependentRequired": {"coupon": ["address"]},
}


def _missing(known: dict[str, Any], *present: str) -> set[str]:
    bound = {*known, *present}
    return set(requirements(ORDER, known, bound).required) - bound


def test_a_known_value_decides_the_condition() -> None:
    assert _missing({"kind": "gift"}) == {"note"}
    assert _missing({"kind": "plain"}) == set()


def test_an_undecided_condition_is_possible_with_its_reason() -> None:
    found = requirements(ORDER, {}, ["kind"])
    assert found.required == {"kind"}
    assert found.possible == {"note": 'needed when kind is "gift", which is not known yet'}


def test_a_required_place_not_bound_yet_decides_nothing() -> None:
    found = requirements(ORDER, {}, [])
    assert found.required == {"kind"}
    assert set(found.possible) == {"note"}


def test_a_nested_object_counts_once_something_in_it_is_bound() -> None:
    assert _missing({"kind": "plain"}, "address.floor") == {"address.city", "address.zip"}
    assert _missing({"kind": "plain"}, "address") == set()


def test_dependent_properties_pull_in_what_their_object_requires() -> None:
    assert _missing({"kind": "plain"}, "coupon") == {"address.city", "address.zip"}
    assert _missing({"kind": "plain"}, "coupon", "address") == set()


def test_elements_begun_have_to_be_finished() -> None:
    assert _missing({"kind": "plain"}, "items[1].sku", "items[0].sku", "items[0].count") == {
        "items[1].count"
    }
    assert _missing({"kind": "plain"}, "items") == set()


def test_the_alternative_that_lacks_least_is_required() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"email": TEXT, "phone": TEXT, "code": TEXT},
        "anyOf": [{"required": ["phone", "code"]}, {"required": ["email"]}],
    }
    assert requirements(schema, {}, []).required == {"email"}
    assert requirements(schema, {}, ["phone", "code"]).required == {"phone", "code"}
    assert requirements(schema, {}, ["email"]).required == {"email"}


def test_a_known_discriminator_chooses_the_alternative() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"method": TEXT},
        "required": ["method"],
        "oneOf": [
            {"properties": {"method": {"const": "card"}}, "required": ["card", "expiry"]},
            {"properties": {"method": {"const": "cash"}}, "required": ["till"]},
        ],
    }
    card = requirements(schema, {"method": "card"}, ["method"])
    assert card.required == {"method", "card", "expiry"}
    assert triggers(schema, "method")
    assert not triggers(schema, "card")


def test_conditions_inside_all_of_and_dependent_schemas_count() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT, "c": TEXT},
        "allOf": [{"if": {"required": ["a"]}, "then": {"required": ["b"]}}],
        "dependentSchemas": {"b": {"required": ["c"]}},
    }
    assert requirements(schema, {}, ["a"]).required == {"b"}
    assert requirements(schema, {}, ["a", "b"]).required == {"b", "c"}


def test_recursive_requirements_end() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"inner": {"$ref": "#"}},
        "required": ["inner"],
    }
    assert len(requirements(schema, {}, []).required) == 1


def test_exploding_alternatives_are_refused_soon() -> None:
    schema: dict[str, Any] = {"required": ["end"]}
    for level in range(15):
        schema = {"anyOf": [{"required": [f"a{level}"]}, schema, {"allOf": [schema]}]}
    with pytest.raises(SchemaError, match="too many alternatives"):
        requirements(schema, {}, [])


@pytest.mark.parametrize(
    ("path", "decides"),
    [("kind", True), ("coupon", True), ("note", False), ("address.city", False), ("items", False)],
)
def test_triggers(path: str, decides: bool) -> None:
    assert triggers(ORDER, path) is decides
