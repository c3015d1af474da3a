"""Outputs that feed several arguments: what no result could satisfy is found before it is tried."""

from typing import Any

import pytest

import toolweave
from toolweave.checks.plan_check import check_plan
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.schema.records import build
from toolweave.toolgraph.readers import read_tools

Data = dict[str, Any]
TEXT: Data = {"type": "string"}
ROW: Data = {
    "type": "object",
    "properties": {
        "code": TEXT,
        "price": {"type": "number", "minimum": 1, "maximum": 90},
        "size": {"type": "string", "enum": ["small", "large"]},
        "tags": {"type": "array", "items": TEXT},
    },
    "required": ["code", "price", "size", "tags"],
}
TOOLS: Toolset = read_tools(
    [
        {
            "name": "search",
            "parameters": {"type": "object", "properties": {}},
            "results": {
                "type": "object",
                "properties": {
                    "rows": {"type": "array", "items": ROW, "maxItems": 4},
                    "count": {"type": "number"},
                    "when": {"anyOf": [{"type": "string", "format": "date"}, {"type": "integer"}]},
                },
                "required": ["rows", "count", "when"],
            },
        },
        {
            "name": "use",
            "parameters": {
                "type": "object",
                "properties": {
                    "code": TEXT,
                    "letters": {"type": "string", "pattern": "^[A-Z]{3}$"},
                    "choice": {"enum": ["one", "two"]},
                    "other_choice": {"enum": ["three"]},
                    "amount": {"type": "integer", "minimum": 5, "maximum": 20},
                    "few": {"type": "array", "items": TEXT, "maxItems": 2},
                    "chosen": {"type": "array", "items": {"enum": ["one", "two"]}},
                    "number": {"type": "integer"},
                    "express": {"type": "boolean"},
                    "reason": TEXT,
                },
                "if": {"properties": {"express": {"const": True}}, "required": ["express"]},
                "then": {"required": ["reason"]},
            },
            "results": {"type": "object", "properties": {"ok": {"type": "boolean"}}},
        },
    ]
)


def out(path: str, **select: Any) -> Data:
    bound: Data = {"source": "tool_output", "call": "c1", "path": path}
    return bound | ({"select": select} if select else {})


def plan(arguments: Data, *decisions: Data) -> Plan:
    calls = [{"id": "c1", "tool": "search"}, {"id": "c2", "tool": "use", "arguments": arguments}]
    steps: list[Data] = [{"act": "user_request"}]
    steps += [{"act": "tool_invocation", "calls": [call]} for call in calls]
    steps.append({"act": "assistant_response", "summarizes": ["c1", "c2"]})
    data = {
        "version": 1, "id": "p", "goal": "g", "segments": [{"steps": steps}],
        "decisions": list(decisions),
    }  # fmt: skip
    return build(Plan, data)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (plan({"choice": out("rows[].code"), "other_choice": out("rows[].code")}),
         "output_conflict"),
        (plan({"chosen": out("rows[].code", kind="all"), "other_choice": out("rows[].code")}),
         "output_conflict"),
        (plan({"code": out("rows[].code", kind="index", index=4)}), "selector_range"),
        (plan({"code": out("rows[].code", kind="only"),
               "amount": out("rows[].price", kind="index", index=1)}), "selector_conflict"),
        (plan({"code": out("rows[].tags[]", kind="only"),
               "letters": out("rows[].code", kind="index", index=1)}), "selector_conflict"),
        (plan({"code": out("rows[].code")}, {"call": "c1", "path": "rows", "operator": "empty"}),
         "empty_list"),
        (plan({"amount": out("count")},
              {"call": "c1", "path": "count", "operator": "<", "value": 4}), "decision_conflict"),
        (plan({"amount": out("count")}, {"call": "c1", "path": "count", "value": 30}),
         "decision_conflict"),
    ],
)  # fmt: skip
def test_uses_that_contradict_each_other_are_errors(made: Plan, code: str) -> None:
    errors = [finding for finding in check_plan(made, TOOLS) if finding.severity == "error"]
    assert [finding.code for finding in errors] == [code]
    assert errors[0].at.startswith("c2.")
    assert errors[0].mend


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "arguments",
    [
        {"few": out("rows[].code", kind="all")},
        {"few": out("rows[].tags[]", kind="all")},
        {"code": out("rows[].tags[]", kind="only")},
        {"code": out("rows[].code", kind="index", index=3)},
        {"letters": out("rows[].code"), "code": out("rows[].code", kind="last")},
        {"amount": out("count"), "number": out("count")},
        {"number": out("when")},
        {"choice": out("rows[].code", kind="min", by="price")},
        {"code": out("rows[].code", kind="match", by="size", value="large")},
    ],
)
def test_uses_that_agree_get_a_result_that_suits_them_all(arguments: Data, seed: int) -> None:
    made = plan(arguments)
    assert [f.code for f in check_plan(made, TOOLS) if f.severity == "error"] == []
    assert toolweave.simulate(made, TOOLS, seed=seed).checks.findings == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_decided_output_suits_what_takes_it(seed: int) -> None:
    decision = {"call": "c1", "path": "count", "operator": "<", "value": 6}
    made = toolweave.simulate(plan({"amount": out("count")}, decision), TOOLS, seed=seed)
    assert made.checks.findings == ()
    assert made.messages[4].tool_calls[0].arguments == {"amount": 5}


@pytest.mark.parametrize("seed", range(6))
def test_an_output_never_makes_an_argument_necessary_that_is_not_bound(seed: int) -> None:
    tools = read_tools(
        [
            {"name": "search", "results": {"type": "object", "required": ["fast"],
                                           "properties": {"fast": {"type": "boolean"}}}},
            TOOLS.tools[1].dump(),
        ]
    )  # fmt: skip
    made = toolweave.simulate(plan({"express": out("fast")}), tools, seed=seed)
    assert made.messages[4].tool_calls[0].arguments == {"express": False}
