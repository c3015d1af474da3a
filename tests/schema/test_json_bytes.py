"""JSON as it is written: compact or indented UTF-8, whole numbers of any size."""

import json

import pytest

from toolweave.schema.types import json_bytes


@pytest.mark.parametrize("number", [2**63, -(2**63), 2**64, 10**40, -(10**40)])
@pytest.mark.parametrize("indent", [False, True])
def test_whole_numbers_of_any_size_are_written_exactly(number: int, indent: bool) -> None:
    value = {"é": [number, "\U0001f600"], "b": None}
    written = json_bytes(value, indent=indent)
    assert json.loads(written) == value
    assert "é".encode() in written


@pytest.mark.parametrize("indent", [False, True])
def test_large_numbers_change_nothing_else_in_the_text(indent: bool) -> None:
    small = json_bytes({"a": [1, {"b": "ü"}], "n": 7}, indent=indent)
    large = json_bytes({"a": [1, {"b": "ü"}], "n": 10**30}, indent=indent)
    assert large.replace(b"1000000000000000000000000000000", b"7") == small


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        json_bytes({"a": object()})
