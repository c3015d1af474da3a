"""Validity, violations and the limits of prepared validators."""

from typing import Any

import pytest

from toolweave.core.errors import SchemaError
from toolweave.schema.validators import validator

BOOKING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "day": {"type": "string", "format": "date"},
        "guests": {"type": "array", "items": {"type": "object", "required": ["name"]}},
    },
    "required": ["day"],
    "additionalProperties": False,
}


def test_formats_are_checked() -> None:
    assert validator(BOOKING).valid({"day": "2025-02-28"})
    assert not validator(BOOKING).valid({"day": "2025-02-30"})


def test_violations_name_place_and_keyword() -> None:
    found = validator(BOOKING).violations({"guests": [{"name": "Ada"}, {}], "odd.key": 1})
    assert {(violation.path, violation.keyword) for violation in found} == {
        ("", "required"),
        ("guests[1]", "required"),
        ("", "additionalProperties"),
    }
    assert validator(BOOKING).violations({"day": "2025-02-28"}) == []


def test_messages_leave_out_long_values() -> None:
    (found,) = validator({"type": "integer"}).violations("x" * 5_000)
    assert len(found.message) < 200
    assert 'not of type "integer"' in found.message


def test_what_is_not_json_is_invalid() -> None:
    assert not validator({"type": "object"}).valid({1, 2})
    assert validator({}).violations(object())[0].message.startswith("not JSON")


def test_absurdly_deep_values_are_invalid_in_recursive_schemas() -> None:
    value: dict[str, Any] = {}
    for _ in range(100_000):
        value = {"inner": value}
    check = validator({"type": "object", "additionalProperties": {"$ref": "#"}})
    assert not check.valid(value)
    assert "levels" in check.violations(value)[0].message


def test_equal_schemas_share_one_validator() -> None:
    assert validator({"type": "string", "minLength": 1}) is not validator({"type": "string"})
    first = validator({"type": "string", "minLength": 2})
    assert first._compiled is validator({"minLength": 2, "type": "string"})._compiled


def test_a_part_is_judged_with_the_references_of_its_root() -> None:
    root = {"$defs": {"code": {"pattern": "^[A-Z]{3}$"}}}
    check = validator({"type": "array", "items": {"$ref": "#/$defs/code"}}, root)
    assert check.valid(["ABC"])
    assert not check.valid(["abc"])


def test_an_unusable_schema_is_refused() -> None:
    with pytest.raises(SchemaError, match="not local"):
        validator({"$ref": "file:///etc/hosts"})
