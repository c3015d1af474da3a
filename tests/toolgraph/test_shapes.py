"""Which values can stand for which: types, formats, units, limits, lists."""

from typing import Any

import pytest

from toolweave.checks.naming import words
from toolweave.schema.relations import relation
from toolweave.toolgraph.linking.shapes import (
    CONVERTED,
    FITS,
    NONE,
    OVERLAPS,
    UNLISTED,
    Shape,
    agree,
    fit,
    shape_of,
)

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
WHOLE: dict[str, Any] = {"type": "integer"}
FLAG: dict[str, Any] = {"type": "boolean"}
OBJECT: dict[str, Any] = {"type": "object"}
ANY_LIST: dict[str, Any] = {"type": "array"}


def shape(schema: dict[str, Any], name: str = "value", *, listed: bool = False) -> Shape:
    return shape_of(schema, schema, words(name), listed=listed)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (TEXT, TEXT, FITS),
        (WHOLE, NUMBER, FITS),
        (NUMBER, WHOLE, OVERLAPS),
        (FLAG, FLAG, FITS),
        (FLAG, NUMBER, NONE),
        (FLAG, TEXT, NONE),
        (TEXT, NUMBER, NONE),
        (NUMBER, TEXT, CONVERTED),
        (NUMBER, {"type": "string", "enum": ["a", "b"]}, NONE),
        (OBJECT, OBJECT, FITS),
        (OBJECT, TEXT, NONE),
        (TEXT, {"type": ["string", "null"]}, FITS),
        ({"type": ["string", "null"]}, TEXT, FITS),
        ({"anyOf": [TEXT, {"type": "null"}]}, TEXT, FITS),
        ({"anyOf": [TEXT, NUMBER]}, NUMBER, OVERLAPS),
        ({"enum": ["a", "b"]}, TEXT, FITS),
        ({"const": 3}, NUMBER, FITS),
        ({}, TEXT, OVERLAPS),
        (TEXT, {}, FITS),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}, NONE),
        ({"type": "string", "format": "date"}, TEXT, FITS),
        (TEXT, {"type": "string", "format": "date"}, OVERLAPS),
        ({"type": "string", "format": "uuid"}, {"type": "string", "format": "uuid"}, FITS),
        ({"type": "string", "format": "email"}, {"type": "string", "format": "uri"}, NONE),
        (ANY_LIST, ANY_LIST, FITS),
        (ANY_LIST, TEXT, UNLISTED),
        (ANY_LIST, NUMBER, NONE),
        (TEXT, ANY_LIST, CONVERTED),
    ],
)
def test_types_agree(source: dict[str, Any], target: dict[str, Any], expected: float) -> None:
    assert fit(shape(source), shape(target)) == expected


def test_what_fits_is_never_disjoint_to_the_proof() -> None:
    schemas = (TEXT, NUMBER, WHOLE, FLAG, OBJECT, ANY_LIST, {"type": "string", "format": "date"})
    for source in schemas:
        for target in schemas:
            if fit(shape(source), shape(target)) >= OVERLAPS:
                assert relation(source, target) != "disjoint", (source, target)


def test_one_value_of_a_list_feeds_a_parameter_and_a_list_of_anything() -> None:
    assert fit(shape(TEXT, listed=True), shape(TEXT)) == FITS
    assert fit(shape(TEXT, listed=True), shape(ANY_LIST)) == OVERLAPS
    assert fit(shape(TEXT), shape(TEXT, listed=True)) == FITS


def test_units_differ_by_annotation_and_by_name() -> None:
    kilograms, pounds = shape(NUMBER, "weight_kg"), shape(NUMBER, "weight_lbs")
    assert fit(kilograms, pounds) == NONE
    assert fit(kilograms, shape(NUMBER, "mass_kg")) == FITS
    assert fit(kilograms, shape({**NUMBER, "x-unit": "kilograms"}, "load")) == FITS
    assert fit(kilograms, shape({**NUMBER, "x-unit": "lb"}, "load")) == NONE
    assert fit(kilograms, shape(NUMBER, "weight")) == FITS
    # "min" says the least here, not minutes.
    assert shape(NUMBER, "min").unit == ""


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ({"enum": ["a", "b"]}, {"enum": ["b", "c"]}, True),
        ({"enum": ["a", "b"]}, {"enum": ["c", "d"]}, False),
        ({"minimum": 1, "maximum": 5}, {"minimum": 6}, False),
        ({"minimum": 1, "maximum": 5}, {"minimum": 5}, True),
    ],
)
def test_limits_leave_a_common_value(
    source: dict[str, Any], target: dict[str, Any], expected: bool
) -> None:
    kind = {} if "enum" in source else NUMBER
    left, right = shape({**kind, **source}), shape({**kind, **target})
    assert left.limits and right.limits
    assert agree(left.limits, right.limits) is expected


def test_a_reference_is_followed_and_a_broken_one_is_anything() -> None:
    root: dict[str, Any] = {"$defs": {"day": {"type": "string", "format": "date"}}}
    found = shape_of({"$ref": "#/$defs/day"}, root, (), listed=False)
    assert found.format == "date"
    lost = shape_of({"$ref": "#/$defs/night"}, root, (), listed=False)
    assert "string" in lost.types and "number" in lost.types
