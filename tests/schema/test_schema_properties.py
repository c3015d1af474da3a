"""What holds for every schema: drawn values are valid, leaves resolve, intersections hold both."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from toolweave.core.errors import SchemaError
from toolweave.schema.conditional import requirements
from toolweave.schema.parts import EACH, Index, Key, format_path, parse
from toolweave.schema.paths import leaves, put, schema_at, values_at
from toolweave.schema.refs import check_schema, inline
from toolweave.schema.relations import intersect, relation
from toolweave.schema.sampling import sample
from toolweave.schema.validators import validator

NAMES = ("id", "city", "note", "dotted.key", "a[0]", "")
FORMATS = ("date", "date-time", "time", "email", "uri", "uuid", "ipv4", "hostname", "duration")
PATTERNS = (r"^[A-Z]{3}-\d{4}$", r"^(?:INC|REQ)\d+$", r"^\w{2,8}$", r"^[^@\s]+@[a-z]+\.org$")
modest = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _texts() -> st.SearchStrategy[dict[str, Any]]:
    lengths: st.SearchStrategy[dict[str, Any]]
    lengths = st.integers(0, 12).map(lambda low: {"minLength": low, "maxLength": low + 9})
    formats = st.sampled_from(FORMATS).map(lambda name: {"format": name})
    patterns = st.sampled_from(PATTERNS).map(lambda pattern: {"pattern": pattern})
    free: st.SearchStrategy[dict[str, Any]] = st.just({})
    return st.one_of(free, lengths, formats, patterns).map(lambda s: {"type": "string", **s})


def _numbers() -> st.SearchStrategy[dict[str, Any]]:
    low = st.integers(-50, 50)
    return st.builds(
        lambda kind, low, width, exclusive: {
            "type": kind,
            "exclusiveMinimum" if exclusive else "minimum": low,
            "maximum": low + width,
        },
        st.sampled_from(["integer", "number"]),
        low,
        st.integers(1, 40),
        st.booleans(),
    )


def _scalars() -> st.SearchStrategy[dict[str, Any]]:
    values = st.one_of(st.integers(-5, 5), st.sampled_from(["open", "closed", "held"]), st.none())
    enums = st.lists(values, min_size=1, max_size=4).map(lambda found: {"enum": found})
    named = st.sampled_from([{"type": "boolean"}, {"type": ["string", "null"]}, {}])
    return st.one_of(_texts(), _numbers(), enums, named)


def _objects(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Any]:
        held = draw(st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=4))
        names = sorted(held)
        schema: dict[str, Any] = {"type": "object", "properties": held}
        schema["required"] = draw(st.lists(st.sampled_from(names), unique=True))
        if draw(st.booleans()):
            schema["additionalProperties"] = False
        if draw(st.booleans()):
            schema["dependentRequired"] = {names[0]: [names[-1]]}
        if draw(st.booleans()):
            schema["if"] = {"required": [names[0]]}
            schema["then"] = {"required": [names[-1]]}
        if draw(st.booleans()):
            schema["anyOf"] = [{"required": [name]} for name in names]
        return schema

    return build()


def _arrays(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    plain = st.builds(
        lambda item, low, width: {
            "type": "array",
            "items": item,
            "minItems": low,
            "maxItems": low + width,
        },
        inner,
        st.integers(0, 2),
        st.integers(0, 3),
    )
    pairs = st.tuples(inner, inner).map(
        lambda two: {"type": "array", "prefixItems": list(two), "items": False}
    )
    return st.one_of(plain, pairs)


def _schemas() -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        _scalars(),
        lambda inner: st.one_of(
            _objects(inner),
            _arrays(inner),
            st.lists(inner, min_size=1, max_size=3).map(lambda found: {"anyOf": found}),
            inner.map(lambda one: {"allOf": [one, {"description": "said twice"}]}),
            inner.map(lambda one: {"$ref": "#/$defs/held", "$defs": {"held": one}}).map(inline),
        ),
        max_leaves=8,
    )


schemas = _schemas()
parts = st.lists(
    st.one_of(
        st.text("ab.[]\\e ", max_size=4).map(Key), st.integers(0, 99).map(Index), st.just(EACH)
    ),
    max_size=5,
).map(tuple)


@given(parts)
@modest
def test_a_path_reads_back_as_it_was_written(written: tuple[Any, ...]) -> None:
    assert parse(format_path(written)) == written


@given(st.lists(st.one_of(st.text("a.]", max_size=3).map(Key), st.integers(0, 3).map(Index))))
@modest
def test_a_value_is_found_where_it_was_put(rest: list[Any]) -> None:
    path = format_path([Key("top"), *rest])
    root: dict[str, Any] = {}
    put(root, path, "here")
    assert values_at(root, path) == ["here"]


@given(schemas, st.integers(0, 2**32))
@modest
def test_what_is_drawn_is_valid_and_decided_by_the_seed(schema: dict[str, Any], seed: int) -> None:
    check_schema(schema)
    drawn = sample(schema, random.Random(seed))
    assert validator(schema).violations(drawn) == []
    assert sample(schema, random.Random(seed)) == drawn


@given(schemas)
@modest
def test_every_leaf_is_declared_where_it_says(schema: dict[str, Any]) -> None:
    for leaf in leaves(schema):
        assert schema_at(schema, leaf.path) is not None


@given(schemas, schemas, st.integers(0, 2**32))
@modest
def test_values_of_an_intersection_satisfy_both(
    one: dict[str, Any], two: dict[str, Any], seed: int
) -> None:
    both = intersect(one, two)
    try:
        drawn = sample(both, random.Random(seed))
    except SchemaError:
        assume(False)
    assert validator(one).valid(drawn)
    assert validator(two).valid(drawn)
    assert isinstance(drawn, list | dict) or relation(one, two) != "disjoint"


@given(schemas, schemas, st.integers(0, 2**32))
@modest
def test_a_value_that_fits_is_valid_in_the_target(
    source: dict[str, Any], target: dict[str, Any], seed: int
) -> None:
    found = relation(source, target)
    drawn = sample(source, random.Random(seed))
    if found == "fits":
        assert validator(target).valid(drawn)
    if found == "disjoint" and not isinstance(drawn, list | dict):
        assert not validator(target).valid(drawn)


@given(_objects(_scalars()), st.integers(0, 2**32))
@modest
def test_a_valid_object_lacks_nothing_that_is_required(schema: dict[str, Any], seed: int) -> None:
    drawn = sample(schema, random.Random(seed))
    assert isinstance(drawn, dict)
    known = {format_path([Key(name)]): value for name, value in drawn.items()}
    assert requirements(schema, known, list(known)).required <= known.keys()


@pytest.mark.parametrize("seed", range(5))
def test_recursive_schemas_end(seed: int) -> None:
    tree: dict[str, Any] = {
        "type": "object",
        "properties": {
            "label": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#"}},
            "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        },
        "required": ["label", "children"],
    }
    assert validator(tree).valid(sample(tree, random.Random(seed), optional=1.0))
    assert all(schema_at(tree, leaf.path) is not None for leaf in leaves(tree))
    assert relation(tree, inline(tree)) in ("fits", "overlaps")
