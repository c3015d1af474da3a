"""Records whose tools hold schemas that are none are measured all the same."""

from pathlib import Path
from typing import Any

import pytest

from toolweave.checks.errors import error_message
from toolweave.core.plan import Fault
from toolweave.core.tool import Tool
from toolweave.evaluation.figures import figures
from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

DAMAGES: list[Any] = [
    {"required": [["x"], 7]},
    {"properties": [1]},
    {"properties": 7},
    {"type": [[1]]},
    {"properties": {"a[0": {"type": {"b": 1}}}, "required": ["a[0"]},
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_figures_measure_records_with_such_tools(damage: Any, tmp_path: Path) -> None:
    record = simulate("customer_support_case").dump()
    for shown in record["tools"]:
        shown["tool"]["parameters"] = damage
        shown["tool"]["results"] = damage
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(json_bytes(record) + b"\n")
    made = figures([path]).files[0]
    assert made.structure.dialogues == 1
    assert made.left_out == 0


@pytest.mark.parametrize(
    ("code", "parameters", "told"),
    [
        ("missing_parameter", {"required": [["x"], 7, "a[0"]}, "'p', 'a[0'"),
        ("missing_parameter", {"required": 3}, "'p'"),
        ("invalid_enum", {"properties": {"p": {"enum": 7}}}, "not allowed"),
        ("invalid_type", {"properties": {"p": {"type": [["x"]]}}}, "wrong type"),
    ],
)
def test_an_error_says_what_such_a_schema_lets_it_say(
    code: str, parameters: Any, told: str
) -> None:
    tool = Tool(name="t", description="", parameters=parameters)
    fault = Fault.model_validate({"kind": "missing_parameter", "path": "p"})
    assert told in error_message(tool, code, fault, {})
