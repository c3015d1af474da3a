"""What is said in one breath, what is left to the tool, and which thing is meant."""

import random

from tests.planners.conftest import LINKS, TOOLS, link, listed, schema, text, tool
from toolweave.configs.knobs import Knobs
from toolweave.configs.wording import words
from toolweave.core.binding import DefaultBinding, ToolOutputBinding
from toolweave.core.graph import ToolGraph
from toolweave.core.plan import AssistantClarification, UserRequest
from toolweave.core.tool import Toolset
from toolweave.core.workflow import Workflow
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.building import Draft
from toolweave.planners.conditional import Forks, conditional_workflows
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.partition import rereads, worth

WIDE = [f"part_{place}" for place in "abcdefghij"]


def _wide_desk(optional: tuple[str, ...] = ()) -> Desk:
    form = tool(
        "register_reader",
        schema(
            {"page_size": {"type": "integer", "default": 10}, **{name: text() for name in WIDE}},
            {name: text() for name in optional},
        ),
        schema({"reader_number": text()}),
        "create reader",
    )
    toolset = Toolset.model_validate({"version": 1, "name": "library", "tools": [form]})
    flow = Flow(ToolGraph(version=1, toolset=toolset))
    return Desk(flow, words(""), Knobs(correct=0, follow_up=0, chat=0, keep_back=0))


def test_much_to_state_is_asked_for_in_parts() -> None:
    desk = _wide_desk()
    workflow = Workflow(motif="linear", tools=("register_reader",), links=())
    for seed in range(12):
        planner = ArgumentPlanner(desk.flow, (), desk.knobs, random.Random(seed))
        draft = Draft(desk, random.Random(seed), planner)
        draft.add(workflow, (("register_reader",),))
        request, *rest = draft.segments[0].steps
        assert isinstance(request, UserRequest)
        asked = [step for step in rest if isinstance(step, AssistantClarification)]
        assert len(request.provides) == 1
        assert [len(step.asks) for step in asked] == [3, 3, 3]
        stated = {one.slot for one in request.provides} | {s for a in asked for s in a.asks}
        assert stated == {f"c1.{name}" for name in WIDE}


def test_what_nobody_states_takes_the_tool_s_default() -> None:
    desk = _wide_desk(("limit", "cursor"))
    knobs = desk.knobs.model_copy(update={"optional": 1.0})
    made = ArgumentPlanner(desk.flow, (), knobs, random.Random(1)).plan("c1", "register_reader", 0)
    assert made.bindings["page_size"] == DefaultBinding(source="default")
    assert not {"limit", "cursor"} & made.bindings.keys()


def test_nobody_looks_up_what_they_have_just_made() -> None:
    book = tool("add_book", schema({"book_title": text()}), schema({"book_id": text()}),
                "create book")  # fmt: skip
    toolset = Toolset.model_validate(
        {"version": 1, "name": "library", "tools": [book, TOOLS[1], TOOLS[2]]}
    )
    readers = ("get_book", "get_reviews")
    links = tuple(link("add_book", "book_id", name, "book_id") for name in readers)
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=links))
    assert rereads(flow, "add_book", "get_book")
    assert not rereads(flow, "add_book", "get_reviews")
    assert worth(flow, (("add_book",), ("get_book",))) < worth(flow, (("add_book", "get_reviews"),))
    assert (
        worth(flow, (("add_book", "get_book"),)) < worth(flow, (("add_book", "get_reviews"),)) / 5
    )


def test_whoever_changes_a_thing_says_what_becomes_of_it() -> None:
    takes = schema({"book_id": text()}, {"book_title": text(), "page": text()})
    change = tool("update_book", takes, schema({"book_id": text()}), "update book")
    toolset = Toolset.model_validate({"version": 1, "name": "library", "tools": [TOOLS[0], change]})
    links = (link("search_books", "books[].book_id", "update_book", "book_id"),)
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=links))
    planner = ArgumentPlanner(flow, links, Knobs(optional=0), random.Random(1))
    planner.plan("c1", "search_books", 0)
    assert planner.plan("c2", "update_book", 0).bindings.keys() == {"book_id", "book_title"}


def test_what_the_dialogue_made_itself_is_meant_before_what_it_found() -> None:
    rows = listed("reservations", reservation_number=text())
    asks = schema({"reader_number": text()})
    listing = tool("list_reservations", asks, rows, "read reservation")
    toolset = Toolset.model_validate({"version": 1, "name": "library", "tools": [*TOOLS, listing]})
    found = link("list_reservations", "reservations[].reservation_number", "cancel_reservation",
                 "reservation_number", 0.99)  # fmt: skip
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=(*LINKS[:-1], found)))
    planner = ArgumentPlanner(flow, (found,), Knobs(optional=0), random.Random(1))
    for place, name in enumerate(("search_books", "reserve_book", "list_reservations")):
        planner.plan(f"c{place + 1}", name, 0)
    bound = planner.plan("c4", "cancel_reservation", 1).bindings["reservation_number"]
    assert isinstance(bound, ToolOutputBinding)
    assert bound.call == "c2"


def test_a_fork_is_about_one_thing() -> None:
    find = tool("find_pets", schema({"breed": text()}), listed("pets", pet_id=text()), "read pet")
    add = tool("add_pet", schema({"breed": text()}), schema({"pet_id": text()}), "create pet")
    order = tool("place_order", schema({}, {"pet_id": text()}), schema({"order_id": text()}),
                 "create order")  # fmt: skip
    remove = tool("remove_pet", schema({"pet_id": text()}), schema({}), "delete pet")
    toolset = Toolset.model_validate(
        {"version": 1, "name": "pets", "tools": [find, add, order, remove]}
    )
    links = tuple(link("find_pets", "pets[].pet_id", name, "pet_id")
                  for name in ("place_order", "remove_pet"))  # fmt: skip
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=links))
    forks = [one.branch for one in conditional_workflows(flow, Forks(), None)]
    assert {(one.chosen, one.other) for one in forks if one} == {
        ("remove_pet", "add_pet"), ("add_pet", "remove_pet"),
    }  # fmt: skip


def test_what_a_workflow_rests_on_is_sent_even_where_it_may_be_left_out() -> None:
    order = tool("order_copy", schema({}, {"book_id": text(), "binding": text()}),
                 schema({"order_id": text()}), "create order")  # fmt: skip
    toolset = Toolset.model_validate({"version": 1, "name": "library", "tools": [TOOLS[0], order]})
    links = (link("search_books", "books[].book_id", "order_copy", "book_id"),)
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=links))
    planner = ArgumentPlanner(flow, links, Knobs(optional=0), random.Random(1))
    planner.plan("c1", "search_books", 0)
    bound = planner.plan("c2", "order_copy", 0).bindings
    assert isinstance(bound["book_id"], ToolOutputBinding)
    alone = ArgumentPlanner(flow, (), Knobs(optional=0), random.Random(1))
    assert alone.plan("c1", "order_copy", 0).said


def test_a_list_takes_the_values_of_a_list_and_no_part_is_filled() -> None:
    numbers = {"type": "array", "items": text()}
    inner = {"type": "array", "items": schema({"book_id": text()})}
    shelve = tool("shelve_books", schema({"book_ids": numbers, "lines": inner}),
                  schema({"shelf": text()}), "update shelf")  # fmt: skip
    toolset = Toolset.model_validate({"version": 1, "name": "library", "tools": [TOOLS[0], shelve]})
    links = (
        link("search_books", "books[].book_id", "shelve_books", "book_ids[]"),
        link("search_books", "books[].book_id", "shelve_books", "lines[].book_id"),
    )
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=links))
    assert [one.parameter for one in flow.between("search_books", "shelve_books")] == ["book_ids[]"]
    planner = ArgumentPlanner(flow, links, Knobs(optional=0), random.Random(1))
    planner.plan("c1", "search_books", 0)
    made = planner.plan("c2", "shelve_books", 0)
    bound = made.bindings["book_ids"]
    assert isinstance(bound, ToolOutputBinding)
    assert bound.select.kind == "all"
    assert [one.slot for one in made.said] == ["c2.lines"]
