"""Tools that nobody asks for are in no goal, and parameters that nobody states in no request."""

import random
from typing import Any

import pytest

from toolweave.core.graph import Link, ToolGraph
from toolweave.core.tool import Tool, Toolset
from toolweave.planners.flow import Flow
from toolweave.planners.idle import LEAVES, THINKS, TRIES, only_signs, why_idle
from toolweave.planners.inputs import inputs_of
from toolweave.planners.workflows import Sampling, find_workflows


def _tool(name: str, description: str = "", **takes: Any) -> Tool:
    return Tool.model_validate(
        {
            "name": name,
            "description": description,
            "parameters": {"type": "object", "properties": takes, "required": list(takes)},
            "results": {"type": "object", "properties": {"note_id": {"type": "string"}}},
        }
    )


TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("tool", "reason"),
    [
        (_tool("think", "Append the thought to the log.", thought=TEXT), THINKS),
        (_tool("echo", "Echoes back the input", message=TEXT), TRIES),
        (_tool("get-env", "Returns all variables, helpful for debugging a server"), TRIES),
        (_tool("run", "Demonstrates a long running operation."), TRIES),
        (_tool("read_file", "Read it. DEPRECATED: Use read_text_file instead."), LEAVES),
        (_tool("order_lab_test", "Orders a test for a patient.", patient=TEXT), ""),
        (_tool("plan_trip", "Plans a trip.", city=TEXT), ""),
        (_tool("get_deprecations", "Lists what will be removed."), ""),
    ],
)
def test_it_is_said_why_nobody_asks_for_a_tool(tool: Tool, reason: str) -> None:
    assert why_idle(tool) == reason


def test_idle_tools_are_in_no_workflow_and_are_named_with_the_reason() -> None:
    tools = (
        _tool("write_note", "Writes a note.", words=TEXT),
        _tool("think", "Append the thought to the log.", note_id=TEXT),
        _tool("send_note", "Sends a note.", note_id=TEXT),
    )
    links = tuple(
        Link(
            source="write_note", output="note_id", target=target, parameter="note_id",
            kind="same_name", score=0.9,
        )
        for target in ("think", "send_note")
    )  # fmt: skip
    flow = Flow(ToolGraph(version=1, toolset=Toolset(version=1, tools=tools), links=links))
    found = find_workflows(flow, Sampling(), random.Random(1))
    assert found.unreached == {"think": THINKS}
    assert found.workflows
    assert all("think" not in workflow.tools for workflow in found.workflows)


def test_nobody_only_signs_in_and_out() -> None:
    assert only_signs(("user_login", "log_out"))
    assert not only_signs(("user_login", "get_balance"))


def test_how_a_list_is_cut_into_pages_is_nobody_s_wish() -> None:
    flag = {"type": "boolean"}
    read = _tool("list_events", page=TEXT, sort_by=TEXT, include_deleted=flag, city=TEXT, metadata={
        "type": "object"})  # fmt: skip
    assert [one.path for one in inputs_of(read) if one.plumbing] == [
        "page", "sort_by", "include_deleted", "metadata",
    ]  # fmt: skip
    act = _tool("book_room", include_breakfast=flag, sort_code=TEXT)
    assert not any(one.plumbing for one in inputs_of(act))
    known = _tool("list_events", page={"type": "integer", "x-known": True})
    assert not inputs_of(known)[0].plumbing
    preset = _tool("list_events", per_page={"type": "integer", "default": 20})
    assert inputs_of(preset)[0].preset
