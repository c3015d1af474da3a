"""Which wishes belong together, what follows for goals, and what is taken back by whom."""

import random

import pytest

from tests.planners.conftest import LINKS, TOOLS, link, listed, schema, text, tool
from toolweave.configs.packs import load_pack
from toolweave.configs.wording import words
from toolweave.core.binding import UserBinding
from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.core.workflow import Workflow
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.coherence import Coherence
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.goals import GoalSettings, make_goals
from toolweave.planners.patterns import correction


def errand(*tools: str) -> Workflow:
    return Workflow(motif="linear", tools=tools)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("search_books", "reserve_book"), ("search_books", "get_opening_hours")),
        (("search_books", "get_book"), ("order_book", "get_opening_hours")),
        (("search_books", "reserve_book"), ("reserve_book", "cancel_reservation")),
        (("search_books", "get_reviews"), ("get_opening_hours", "search_books", "order_book")),
    ],
)
def test_steps_of_one_errand_are_more_coherent_than_wishes_in_a_row(
    flow: Flow, better: tuple[str, ...], worse: tuple[str, ...]
) -> None:
    coherence = Coherence(flow, None)
    assert coherence.of(errand(*better)) > coherence.of(errand(*worse))


def test_tools_of_one_situation_belong_together(flow: Flow) -> None:
    pack = load_pack("logistics")
    assert Coherence(flow, pack).situations
    assert Coherence(flow, pack).tie("search_books", "get_opening_hours") == 0.0
    first, second, *_ = pack.situations[0].tools
    empty = Flow(ToolGraph(version=1, toolset=Toolset(version=1, tools=())))
    assert Coherence(empty, pack).tie(first, second) == 1.0


def test_nobody_undoes_what_they_have_just_asked_for(flow: Flow) -> None:
    coherence = Coherence(flow, None)
    assert coherence.undoings(["search_books", "reserve_book"]) == 0
    assert coherence.undoings(["reserve_book", "cancel_reservation"]) == 1


def test_goals_of_unrelated_wishes_are_dropped_and_every_tool_is_still_used() -> None:
    towns = listed("towns", town_name=text())
    tools = [
        *TOOLS,
        tool("find_towns", schema({"country": text()}), towns, "read town"),
        tool("get_weather", schema({"town_name": text()}), schema({"sky": text()}), "read weather"),
    ]
    odd = link("search_books", "books[].book_title", "get_weather", "town_name")
    toolset = Toolset.model_validate({"version": 1, "name": "library", "tools": tools})
    flow = Flow(ToolGraph(version=1, toolset=toolset, links=(*LINKS[:-1], odd)))
    made = make_goals(flow, words(""), GoalSettings())
    chosen = [goal.workflow.tools for goal in made.kept]
    assert not any({"search_books", "get_weather"} <= {*tools} for tools in chosen)
    assert {name for tools in chosen for name in tools} == set(flow.tools)
    assert any("below" in one.reason for one in made.dropped)


def test_the_last_look_up_of_a_turn_can_be_corrected_and_no_shared_value(desk: Desk) -> None:
    knobs = desk.knobs.model_copy(update={"optional": 0.0})
    planner = ArgumentPlanner(desk.flow, (), knobs, random.Random(1))
    hours = planner.plan("c1", "get_opening_hours", 0)
    books = planner.plan("c2", "search_books", 0)
    fresh = correction(planner, [hours, books], "c3", 1, random.Random(1))
    assert fresh is not None
    segment, made = fresh
    assert segment.kind == "correction" and made.tool == "search_books"
    hours.bindings["branch"] = UserBinding(source="user", slot="c2.subject")
    assert correction(planner, [hours, books], "c4", 1, random.Random(1)) is None
