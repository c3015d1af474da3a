"""Links that a likeness suggests and that nobody would make are left out."""

from typing import Any

import pytest

from toolweave.llm.lexical import LexicalEmbedder
from toolweave.toolgraph.importing import import_tools
from toolweave.toolgraph.linking.links import ASKED, link_tools

TEXT = {"type": "string"}
NUMBER = {"type": "number"}


def _tool(name: str, takes: dict[str, Any], gives: dict[str, Any] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": name,
        "description": f"{name.replace('_', ' ').capitalize()}.",
        "inputSchema": {"type": "object", "properties": takes, "required": list(takes)},
    }
    if gives is not None:
        made["outputSchema"] = {"type": "object", "properties": gives, "required": list(gives)}
    return made


def _links(*tools: dict[str, Any], **settings: Any) -> set[tuple[str, str, str, str]]:
    toolset = import_tools(list(tools)).toolset
    graph = link_tools(toolset, LexicalEmbedder(), **settings).graph
    return {(one.source, one.output, one.target, one.parameter) for one in graph.links}


TRIP = _tool("book_flight", {"travel_date": TEXT}, {"booking_id": TEXT, "travel_cost": NUMBER})


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (TRIP, _tool("purchase_insurance", {"insurance_cost": NUMBER}, {"done": TEXT})),
        (
            _tool("get_fiscal_message", {}, {"message_status": TEXT}),
            _tool("contact_support", {"message": TEXT}, {"done": TEXT}),
        ),
        (
            _tool("get_user", {"name": TEXT}, {"password": TEXT}),
            _tool("login", {"password": TEXT}, {"session": TEXT}),
        ),
        (
            _tool("list_airports", {}, {"city": TEXT}),
            _tool(
                "search_flights",
                {"city": {"type": "string", "description": "The airport code of the city."}},
                {"price": NUMBER},
            ),
        ),
        (
            _tool("get_reservation", {"which": TEXT}, {"total_baggages": NUMBER}),
            _tool("set_baggages", {"nonfree_baggages": NUMBER}, {"done": TEXT}),
        ),
        (
            _tool("list_events", {}, {"event_id": {**TEXT, "description": "The event id."}}),
            _tool("delete_it", {"calendar_id": {**TEXT, "description": "The calendar id."}}, {}),
        ),
    ],
)
def test_what_only_sounds_alike_is_no_link(source: dict[str, Any], target: dict[str, Any]) -> None:
    assert not _links(source, target, threshold=0.4)


def test_a_model_is_still_asked_about_doubtful_pairs() -> None:
    pair = TRIP, _tool("purchase_insurance", {"insurance_cost": NUMBER}, {"done": TEXT})
    assert ("book_flight", "travel_cost", "purchase_insurance", "insurance_cost") in _links(
        *pair, threshold=ASKED
    )


def test_texts_that_were_written_for_it_and_equal_measures_are_links() -> None:
    found = _links(
        _tool("translate_text", {"text": TEXT, "target_language": TEXT}, {"translated_text": TEXT}),
        _tool("analyze_sentiment", {"text": TEXT}, {"mood": TEXT}),
        TRIP,
        _tool("split_cost", {"travel_cost": NUMBER, "people": NUMBER}, {"share": NUMBER}),
    )
    assert ("translate_text", "translated_text", "analyze_sentiment", "text") in found
    assert ("book_flight", "travel_cost", "split_cost", "travel_cost") in found


def test_what_a_tool_only_repeats_leads_nowhere() -> None:
    found = _links(
        _tool("create_event", {"title": TEXT}),
        _tool("update_event", {"event_id": TEXT, "title": TEXT}),
        _tool("delete_event", {"event_id": TEXT}),
        _tool("get_event", {"event_id": TEXT}),
    )
    assert ("create_event", "event_id", "get_event", "event_id") in found
    assert {source for source, *_ in found} == {"create_event"}


def test_what_describes_a_thing_does_not_make_it() -> None:
    invoice = _tool("get_invoice", {"booking_id": TEXT}, {"travel_from": TEXT})
    booking = _tool("book_flight", {"travel_from": TEXT}, {"booking_id": TEXT})
    assert _links(invoice, booking) == {
        ("book_flight", "booking_id", "get_invoice", "booking_id"),
    }
