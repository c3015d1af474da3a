"""What is known of a field before it is compared: whose it is, what it identifies, what it is."""

from typing import Any

import pytest

from toolweave.core.tool import Tool
from toolweave.toolgraph.linking.fields import Field, fields_of


def fields(name: str, taken: dict[str, Any], given: dict[str, Any]) -> dict[str, Field]:
    tool = Tool(
        name=name,
        parameters={"type": "object", "properties": taken},
        results={"type": "object", "properties": given},
    )
    (apart,) = fields_of([tool])
    found = {f"<{field.path}": field for field in apart.parameters}
    return found | {f">{field.path}": field for field in apart.outputs}


def listed(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties}}


TEXT: dict[str, Any] = {"type": "string"}


@pytest.mark.parametrize(
    ("tool", "path", "full"),
    [
        ("create_ticket", ">id", "ticket id"),
        ("get_ticket", "<id", "ticket id"),
        ("assign", "<ticket_id", "ticket id"),
        ("assign", "<ticketId", "ticket id"),
        ("assign", "<supportTicketIdentifier", "ticket id"),
        ("search_tickets", ">tickets[].id", "ticket id"),
        ("search_tickets", ">data[].id", "ticket id"),
        ("get_ticket", ">status", "ticket status"),
        ("set_state", "<ticket_status", "ticket status"),
        ("get_ticket", ">customer.id", "person id"),
        ("get_hotel", ">id", "hotel id"),
        ("reserve_restaurant", "<id", "restaurant id"),
        ("track", "<order_number", "order id"),
        ("track", "<phone_number", "phone number"),
    ],
)
def test_full_names_say_whose(tool: str, path: str, full: str) -> None:
    keys = path[1:].split(".")
    schema: dict[str, Any] = TEXT
    for key in reversed(keys[1:]):
        schema = {"type": "object", "properties": {key: schema}}
    first = keys[0].removesuffix("[]")
    schema = {"type": "array", "items": schema} if keys[0].endswith("[]") else schema
    one, other = ({first: schema}, {}) if path[0] == "<" else ({}, {first: schema})
    assert fields(tool, one, other)[path].full == full


def test_descriptions_say_what_is_identified() -> None:
    found = fields(
        "book_pickup",
        {
            "customs_declaration": {**TEXT, "description": "Number of the declaration."},
            "shop_id": {**TEXT, "description": "Number of the garage."},
            "guests": {"type": "integer", "description": "Number of guests."},
            "phone": {**TEXT, "description": "Phone number to call."},
        },
        {},
    )
    assert found["<customs_declaration"].entity == "declaration"
    assert (found["<shop_id"].entity, found["<shop_id"].said) == ("shop", "garage")
    assert found["<guests"].entity is None
    assert found["<phone"].entity is None


@pytest.mark.parametrize(
    ("name", "schema", "sense"),
    [
        ("price_per_night", {"type": "number"}, "money"),
        ("minutes_to_center", {"type": "integer"}, "duration"),
        ("distance_km", {"type": "number"}, "length"),
        ("opened_at", {"type": "string", "format": "date-time"}, "moment"),
        ("status", {"type": "string"}, "status"),
        ("has_parking", {"type": "boolean"}, "flag"),
        ("lead_guest_name", {"type": "string"}, "person"),
        ("contact_email", {"type": "string"}, "email"),
        ("tier", {"type": "string", "enum": ["gold", "silver"]}, "category"),
        ("num1", {"type": "integer"}, "number"),
        ("poster", {"type": "string", "description": "Link to the picture"}, "url"),
    ],
)
def test_senses_come_from_words(name: str, schema: dict[str, Any], sense: str) -> None:
    assert fields("get_thing", {name: schema}, {})[f"<{name}"].sense == sense


def test_a_parameter_called_text_takes_any_text_and_an_output_is_one() -> None:
    found = fields("summarize", {"text": TEXT}, {"text": TEXT})
    assert (found["<text"].sense, found[">text"].sense) == ("any_text", "text")


def test_wrapping_lists_and_recursion_are_survived() -> None:
    results = {
        "type": "object",
        "properties": {"node": {"$ref": "#/$defs/node"}},
        "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}},
    }
    (apart,) = fields_of([Tool(name="walk", results=results)])
    assert [field.path for field in apart.outputs] == ["node.next"]
    found = fields("search", {}, {"items": listed(sku=TEXT)})
    assert found[">items[].sku"].full == "product id"
