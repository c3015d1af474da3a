"""Nested data level by level."""

import pytest

from toolweave.core.model import JsonValue
from toolweave.schema.nesting import levels, too_deep


def test_levels_hold_what_lies_at_each_depth() -> None:
    data: JsonValue = {"a": [1, {"b": "x"}], "c": None}
    assert list(levels(data)) == [[data], [[1, {"b": "x"}], None], [1, {"b": "x"}], ["x"]]
    assert list(levels([])) == [[[]]]


@pytest.mark.parametrize(("depth", "deep"), [(2, False), (3, True), (5000, True)])
def test_depth_is_told_without_recursion(depth: int, deep: bool) -> None:
    value: JsonValue = []
    for _ in range(depth):
        value = [value]
    assert too_deep(value, 3) is deep
