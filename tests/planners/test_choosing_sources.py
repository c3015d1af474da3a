"""Which output fills which parameter: none twice, and another one when a thing is moved."""

import random

import pytest

from tests.planners.conftest import link, listed, schema, text, tool
from toolweave.configs.knobs import Knobs
from toolweave.configs.wording import words_for
from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.flow import Flow
from toolweave.planners.inputs import inputs_of
from toolweave.planners.patterns import follow_up
from toolweave.planners.planned_call import Unplannable

TOOLS = [
    tool("list_airports", schema({}), listed("airports", city=text()), "read airport"),
    tool(
        "search_flights",
        schema({"origin": text("The city to leave."), "destination": text("The city to go to.")}),
        schema({"flight_number": text()}),
        "read flight",
    ),
    tool("list_visit_slots", schema({}), listed("slots", slot_id=text()), "read slot"),
    tool(
        "book_visit", schema({"slot_id": text()}), schema({"visit_id": text()}), "create visit"
    ),
    tool(
        "reschedule_visit",
        schema({"visit_id": text(), "slot_id": text()}),
        schema({"done": text()}),
        "update visit",
    ),
]  # fmt: skip
LINKS = (
    link("list_airports", "airports[].city", "search_flights", "origin"),
    link("list_airports", "airports[].city", "search_flights", "destination"),
    link("list_visit_slots", "slots[].slot_id", "book_visit", "slot_id"),
    link("list_visit_slots", "slots[].slot_id", "reschedule_visit", "slot_id"),
    link("book_visit", "visit_id", "reschedule_visit", "visit_id"),
)


def planner(seed: int) -> ArgumentPlanner:
    toolset = Toolset.model_validate({"version": 1, "name": "odd", "tools": TOOLS})
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=LINKS))
    return ArgumentPlanner(flow, LINKS, Knobs(), random.Random(seed))


def test_one_output_fills_one_parameter() -> None:
    for seed in range(6):
        desk = planner(seed)
        desk.plan("c1", "list_airports", 0)
        bindings = desk.plan("c2", "search_flights", 1).bindings
        assert isinstance(bindings["origin"], ToolOutputBinding)
        assert isinstance(bindings["destination"], UserBinding)


def test_what_is_moved_goes_to_another_slot() -> None:
    for seed in range(6):
        desk = planner(seed)
        desk.plan("c1", "list_visit_slots", 0)
        first = desk.plan("c2", "book_visit", 1).bindings["slot_id"]
        moved = desk.plan("c3", "reschedule_visit", 2)
        then = moved.bindings["slot_id"]
        assert isinstance(first, ToolOutputBinding)
        assert isinstance(then, ToolOutputBinding)
        assert first.select != then.select
        assert "c3.slot_id" in moved.picks


def test_where_there_is_one_slot_nothing_is_moved() -> None:
    desk = planner(1)
    desk.plan("c1", "list_visit_slots", 0)
    desk.plan("c2", "book_visit", 0)
    with pytest.raises(Unplannable, match="no other 'slot_id'"):
        desk.plan("c3", "reschedule_visit", 1)


def test_switches_that_nobody_has_in_mind_are_plumbing() -> None:
    yes = {"type": "boolean"}
    form = tool(
        "find_pets",
        schema({"kind": text()}, {"deep": yes, "complete": yes}),
        schema({}),
        "read pet",
    )
    own = Toolset.model_validate({"version": 1, "tools": [form]}).tools[0]
    imported = Toolset.model_validate(
        {"version": 1, "tools": [{**form, "origin": {"source": "openapi"}}]}
    ).tools[0]
    assert {one.path for one in inputs_of(own) if one.plumbing} == {"complete"}
    assert {one.path for one in inputs_of(imported) if one.plumbing} == {"deep", "complete"}


def test_a_follow_up_keeps_what_was_decided_for_it() -> None:
    kinds = {"type": "string", "enum": ["parcel", "letter"]}
    tracking = schema({"shipment_id": text(), "kind": kinds, "weight": text()})
    tracking |= {
        "required": ["shipment_id", "kind"],
        "if": {"properties": {"kind": {"const": "parcel"}}, "required": ["kind"]},
        "then": {"required": ["weight"]},
    }
    found = schema({"shipment_id": text(), "kind": kinds})
    tools = [
        tool("find_shipment", schema({}), found, "read shipment"),
        tool("track_shipment", tracking, schema({"place": text()}), "read shipment"),
    ]
    links = tuple(
        link("find_shipment", name, "track_shipment", name) for name in ("shipment_id", "kind")
    )
    toolset = Toolset.model_validate({"version": 1, "name": "post", "tools": tools})
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=links))
    kept = []
    for seed in range(8):
        desk = ArgumentPlanner(flow, links, Knobs(), random.Random(seed))
        desk.plan("c1", "find_shipment", 0)
        words = words_for(flow.graph.toolset.tools, "")
        if follow_up(desk, words, "c2", 1, (), random.Random(seed)):
            kept.append(desk.so_far.decided)
    assert kept
    assert all(one == {("c1", "kind"): "letter"} for one in kept)
