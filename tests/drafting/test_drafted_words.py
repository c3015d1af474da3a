"""Words drafted for tools that nobody prepared."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolweave.core.tool import Tool
from toolweave.drafting.deed import deed_of
from toolweave.drafting.lexicon import draft
from toolweave.drafting.phrasing import draft_tool
from toolweave.drafting.verbs import participle
from toolweave.llm.offline.phrases import Part, expand, holes, text_of


def tool(name: str, description: str = "", results: tuple[str, ...] = (), **given: str) -> Tool:
    """A tool with parameters of the given types and outputs that are strings."""
    return Tool(
        name=name,
        description=description,
        parameters={"type": "object", "properties": {k: {"type": v} for k, v in given.items()}},
        results={"type": "object", "properties": {name: {"type": "string"} for name in results}},
    )


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("cancel_booking", "cancel my booking"),
        ("getUserTickets", "show me my tickets"),
        ("list_all_airports", "see which airports there are"),
        ("ticket_login", "log me in"),
        ("logoutUser", "log me out"),
        ("travel_get_login_status", "check the login status"),
        ("contact_customer_support", "contact customer support"),
        ("transfer_to_human_agents", "put me through to a human agent"),
        ("get_reservation_details", "pull up my reservation"),
        ("findPetsByStatus", "find pets"),
        ("purchase_insurance", "take out insurance"),
        ("update_reservation_flights", "change the flights on my reservation"),
        ("directory_tree", "look up the directory tree"),
        ("resolve-ticket", "mark the ticket as resolved"),
        ("list_directory", "see what's in the directory"),
        ("get_nearest_airport_by_city", "look up the nearest airport"),
        ("addPet", "add a pet"),
    ],
)
def test_a_name_becomes_what_people_say(name: str, wish: str) -> None:
    assert wish in draft_tool(tool(name)).wishes


def test_a_bare_verb_is_helped_out_by_the_description() -> None:
    calculate = tool("calculate", "Calculate the interest of a loan.", principal="number")
    assert deed_of(calculate).noun == "interest of a loan"


def test_a_description_full_of_jargon_is_not_read_out() -> None:
    assert deed_of(tool("echo", "Echoes back the input string")).noun == ""


def test_values_are_woven_into_the_request() -> None:
    book = tool(
        "book_flight", travel_from="string", travel_to="string", travel_date="string", seat="string"
    )
    assert "book a flight from {travel_from} to {travel_to} for {travel_date}" in (
        draft_tool(book).wishes
    )
    assert "cancel order {order_id}" in draft_tool(tool("cancel_order", order_id="string")).wishes
    assert "set my budget limit to {budget_limit}" in (
        draft_tool(tool("set_budget_limit", budget_limit="number")).wishes
    )


def test_what_was_made_is_told_by_its_number_and_never_by_a_secret() -> None:
    known = tool("open_account", results=("account_id", "access_token"), owner="string")
    assert any("{account_id}" in phrase for phrase in draft_tool(known).done)
    assert not any("{access_token}" in phrase for phrase in draft_tool(known).done)


def test_every_tool_a_dialogue_starts_with_has_a_reason() -> None:
    drafted = draft([tool("cancel_order"), tool("get_weather")])
    assert [one.tools for one in drafted.situations] == [("cancel_order",), ("get_weather",)]
    assert all(len(one.openings) > 3 for one in drafted.situations)


def test_participles() -> None:
    told = {
        verb: participle(verb)
        for verb in ("book", "apply", "drop", "send", "set up", "mark _ as done")
    }
    assert told == {
        "book": "booked", "apply": "applied", "drop": "dropped", "send": "sent",
        "set up": "set up", "mark _ as done": "marked as done",
    }  # fmt: skip


_NAMES = st.text(min_size=1, max_size=40)


@given(name=_NAMES, description=st.text(max_size=80), parameter=_NAMES, seed=st.integers(0, 99))
def test_any_name_gives_phrases_whose_holes_are_parameters(
    name: str, description: str, parameter: str, seed: int
) -> None:
    drafted = draft_tool(tool(name, description, (parameter,), **{parameter: "string"}))
    phrases = [*drafted.wishes, *drafted.again, *drafted.done]
    assert drafted.wishes
    for phrase in phrases:
        assert holes(phrase) <= {parameter}
        parts = expand(phrase, random.Random(seed), lambda hole: [Part("it", hole)])
        assert parts is not None
        assert text_of(parts).strip()
        assert not set("[]{}|") & set(text_of(parts))
