"""Drawings of the machine and of plans."""

import json
from pathlib import Path

import pytest

from toolweave.core.errors import InputError
from toolweave.core.plan import Plan, ToolInvocation
from toolweave.drawing.draw import FORMATS, Format
from toolweave.drawing.model import SEQUENCE
from toolweave.graph.drawing import ROUTER, agents_diagram, diagram, draw, plan_diagram
from toolweave.graph.machine import compiled
from toolweave.graph.routing import NODE_FOR_ACT
from toolweave.planners.reading import load_plan


def test_the_agents_are_drawn_as_the_machine_was_compiled() -> None:
    drawn = agents_diagram()
    compiled_nodes = set(compiled(waiting=False).get_graph().nodes)
    assert {node.id for node in drawn.nodes} == compiled_nodes | {ROUTER}
    pairs = {(arrow.source, arrow.target) for arrow in drawn.arrows}
    assert {("__start__", ROUTER), ("memory", ROUTER), (ROUTER, "__end__")} <= pairs
    for agent in set(NODE_FOR_ACT.values()):
        assert {(ROUTER, agent), (agent, "memory")} <= pairs


def test_only_the_routers_arrows_are_conditional_and_name_their_acts() -> None:
    dashed = {arrow.target: arrow for arrow in agents_diagram().arrows if arrow.dashed}
    assert all(arrow.source == ROUTER for arrow in dashed.values())
    assert dashed["clarification"].label == "assistant clarification"
    assert "user request" in dashed["user"].label


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("what", ["agents", "customer_support_case"])
def test_every_format_is_drawn_without_a_network(what: str, form: Format) -> None:
    drawn = draw(what, format=form)
    assert isinstance(drawn, bytes) == (form == "png")
    word = b"\x89PNG" if form == "png" else b"memory" if what == "agents" else b"open_case"
    raw = drawn if isinstance(drawn, bytes) else drawn.encode()
    assert word in raw


def test_every_argument_of_a_plan_is_drawn_with_its_source() -> None:
    loaded = load_plan("customer_support_case")
    drawn = plan_diagram(loaded.plan, loaded.toolset)
    details = [line for node in drawn.nodes for line in node.detail if "←" in line]
    arguments = [path for call in loaded.plan.calls() for path in call.arguments]
    assert len(details) == len(arguments)
    origins = [arrow for arrow in drawn.arrows if arrow.kind != SEQUENCE]
    # Every argument but the one that is its parameter's default comes from an earlier step.
    assert len(origins) == len(arguments) - 1
    assert 'status ← its default ("open")' in details
    assert "support_case_id ← case_id of open_case" in details


def test_arguments_of_parallel_calls_are_told_apart_by_call() -> None:
    drawn = plan_diagram(load_plan("tourism_city_break").plan)
    step = next(node for node in drawn.nodes if " and search_hotels" in node.label)
    assert "c1.city ← the user" in step.detail
    assert "c2.city ← the user" in step.detail
    labels = {arrow.label for arrow in drawn.arrows if arrow.target == step.id}
    assert {"c1.city", "c2.city"} <= labels


def test_a_source_that_no_step_gives_is_said_and_has_no_arrow() -> None:
    loaded = load_plan("customer_support_case")
    data = json.loads(loaded.plan.model_dump_json())
    calls = [c for s in data["segments"] for t in s["steps"] for c in t.get("calls", ())]
    calls[1]["arguments"]["team"] = {"source": "tool_output", "call": "c9", "path": "team"}
    drawn = plan_diagram(Plan.model_validate(data))
    details = [line for node in drawn.nodes for line in node.detail]
    assert "team ← team of c9, which no step calls" in details
    assert "team" not in {arrow.label for arrow in drawn.arrows}


def test_a_value_told_again_comes_from_the_last_step_before_the_call() -> None:
    plan = load_plan("customer_support_case").plan
    steps = list(plan.steps())
    drawn = plan_diagram(plan)
    calls = [s.number for s in steps if isinstance(s.step, ToolInvocation)]
    for arrow in drawn.arrows:
        if arrow.kind != SEQUENCE:
            assert int(arrow.source[1:]) < int(arrow.target[1:])
            assert int(arrow.target[1:]) in calls


def test_plans_are_drawn_from_files_and_names_alike(tmp_path: Path) -> None:
    loaded = load_plan("tourism_city_break")
    assert diagram(str(loaded.path)) == diagram("tourism_city_break") == diagram(loaded)
    with pytest.raises(InputError):
        diagram(tmp_path / "none.yaml")
