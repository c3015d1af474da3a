"""Workflows: every motif is found where it is, none where it is not, and every tool is reached."""

import random

import pytest

from toolweave.configs.packs import load_pack
from toolweave.core.graph import Link, ToolGraph
from toolweave.core.tool import Tool, Toolset
from toolweave.core.workflow import Workflow
from toolweave.planners.flow import Flow
from toolweave.planners.inputs import can_be_said
from toolweave.planners.lifecycles import LifeCycles
from toolweave.planners.linear import Beam
from toolweave.planners.workflows import Sampling, find_workflows


def found(flow: Flow, sampling: Sampling | None = None) -> list[Workflow]:
    return list(find_workflows(flow, sampling or Sampling(), random.Random(0)).workflows)


def of(motif: str, workflows: list[Workflow]) -> list[Workflow]:
    return [one for one in workflows if one.motif == motif]


def test_every_link_used_leads_from_an_earlier_tool_to_a_later_one(flow: Flow) -> None:
    used = 0
    for one in found(flow):
        for link in one.links:
            assert one.tools.index(link.source) < one.tools.index(link.target)
            used += 1
        assert len(set(one.tools)) == len(one.tools)
    assert used > len(flow.tools)


def test_linear_paths_follow_links_and_start_where_a_person_can(flow: Flow) -> None:
    paths = {one.tools for one in of("linear", found(flow))}
    assert ("search_books", "reserve_book", "cancel_reservation") in paths
    assert all(path[0] != "get_book" for path in paths)


def test_a_fan_opens_and_closes_with_an_input_for_each_branch(flow: Flow) -> None:
    fans = of("fan", found(flow))
    assert [one.tools for one in fans] == [
        ("search_books", "get_book", "get_reviews", "compare_offer")
    ]
    merged = {link.parameter for link in fans[0].links if link.target == "compare_offer"}
    assert merged == {"shelf_code", "review_count"}


def test_a_fork_rests_on_what_is_known(flow: Flow) -> None:
    forks = of("conditional", found(flow))
    assert forks
    reasons = {one.branch.because for one in forks if one.branch}
    assert reasons <= {"boolean", "emptiness", "error"}
    for one in forks:
        assert one.branch is not None
        assert one.branch.chosen == one.tools[1] != one.branch.other


def test_without_lists_flags_and_errors_there_is_no_fork(graph: ToolGraph) -> None:
    toolset = graph.toolset
    plain = [tool for tool in toolset.tools if tool.name in ("get_opening_hours", "get_reviews")]
    alone = ToolGraph(version=1, toolset=toolset.model_copy(update={"tools": tuple(plain)}))
    assert of("conditional", found(Flow(alone))) == []


def test_every_tool_that_can_be_reached_is_in_some_workflow(flow: Flow) -> None:
    result = find_workflows(flow, Sampling(beam=Beam(width=1, depth=2)), random.Random(0))
    covered = {name for one in result.workflows for name in one.tools}
    assert covered == set(flow.tools)
    assert result.unreached == {}


def test_a_tool_that_nobody_can_feed_is_named_with_the_reason(graph: ToolGraph) -> None:
    lonely = Tool.model_validate(
        {
            "name": "defragment",
            "parameters": {
                "type": "object",
                "properties": {"node_uuid": {"type": "string", "format": "uuid"}},
                "required": ["node_uuid"],
            },
        }
    )
    toolset = graph.toolset.model_copy(update={"tools": (*graph.toolset.tools, lonely)})
    result = find_workflows(
        Flow(graph.model_copy(update={"toolset": toolset})), Sampling(), random.Random(0)
    )
    assert result.unreached == {"defragment": "no tool returns node_uuid"}


def test_random_walks_are_distinct_and_decided_by_the_stream(flow: Flow) -> None:
    sampling = Sampling(sampler="random_walk", walks=20)
    walks = found(flow, sampling)
    assert walks == found(flow, sampling)
    assert len({one.tools for one in walks}) == len(walks) > 2


@pytest.mark.parametrize(
    ("links", "count"),
    [((), 8), ((("a", "b"), ("b", "a")), 2)],
)
def test_graphs_without_links_or_with_cycles_are_no_trouble(
    graph: ToolGraph, links: tuple[tuple[str, str], ...], count: int
) -> None:
    if not links:
        result = find_workflows(
            Flow(graph.model_copy(update={"links": ()})), Sampling(), random.Random(0)
        )
        assert {name for one in result.workflows for name in one.tools} | set(
            result.unreached
        ) == set(Flow(graph).tools)
        assert len(graph.toolset.tools) == count
        return
    held = {"type": "object", "properties": {"x_name": {"type": "string"}}, "required": ["x_name"]}
    tools = tuple(Tool(name=name, parameters=held, results=held) for name in ("a", "b"))
    cyclic = ToolGraph(
        version=1,
        toolset=Toolset(version=1, tools=tools),
        links=tuple(
            Link(
                source=source,
                output="x_name",
                target=target,
                parameter="x_name",
                kind="same_name",
                score=1,
            )
            for source, target in links
        ),
    )
    assert len(of("linear", found(Flow(cyclic)))) == count


def test_ten_thousand_successors_are_no_trouble() -> None:
    held = {"type": "object", "properties": {"x_name": {"type": "string"}}, "required": ["x_name"]}
    names = [f"t{number}" for number in range(10_001)]
    tools = tuple(Tool(name=name, parameters=held, results=held) for name in names)
    links = tuple(
        Link(
            source="t0", output="x_name", target=name, parameter="x_name", kind="same_name", score=1
        )
        for name in names[1:]
    )
    wide = ToolGraph(version=1, toolset=Toolset(version=1, tools=tools), links=links)
    result = find_workflows(Flow(wide), Sampling(), random.Random(0))
    assert {name for one in result.workflows for name in one.tools} == set(names)


@pytest.mark.parametrize(
    ("name", "schema", "said"),
    [
        ("order_id", {"type": "string"}, True),
        ("customer_id", {"type": "string"}, True),
        ("slot_id", {"type": "string"}, False),
        ("slot_id", {"type": "string", "x-known": True}, True),
        ("order_id", {"type": "string", "x-known": False}, False),
        ("trace", {"type": "string", "format": "uuid"}, False),
        ("latitude", {"type": "number"}, False),
        ("page_token", {"type": "string"}, False),
        ("booking_code", {"type": "string"}, True),
        ("city", {"type": "string"}, True),
    ],
)
def test_people_are_asked_only_for_what_they_could_know(
    name: str, schema: dict[str, object], said: bool
) -> None:
    assert can_be_said(name, schema) is said


def test_life_cycles_forbid_what_the_state_does_not_allow() -> None:
    lives = LifeCycles(load_pack("logistics"))
    assert lives.allows(["create_shipment", "redirect_shipment"])
    assert not lives.allows(["cancel_shipment", "redirect_shipment"])
    assert LifeCycles(None).allows(["cancel_shipment", "redirect_shipment"])
