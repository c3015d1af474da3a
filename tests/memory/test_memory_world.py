"""What one call leaves behind is what the next call returns."""

import copy
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from toolweave.core.binding import Selector
from toolweave.core.plan import Decision, Plan
from toolweave.core.tool import Tool
from toolweave.memory.clock import moment
from toolweave.memory.identity import Identity
from toolweave.memory.world import advance, commit, narrowing, new_world, settle
from toolweave.schema.sampling import sample
from toolweave.schema.validators import validator

NOW = datetime(2025, 8, 27, 21, 24, 5, tzinfo=UTC)
SEEDS = range(6)


class Desk:
    """Calls tools one after the other in one world."""

    def __init__(self, tools: Sequence[Tool], seed: int = 0, plan: Plan | None = None) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self.identity = Identity.of(tools, plan)
        self.world = new_world(NOW)
        self.rng = random.Random(seed)
        self.dropped: tuple[str, ...] = ()

    def call(self, name: str, arguments: dict[str, Any], **needs: Any) -> Any:
        tool = self.tools[name]
        before = copy.deepcopy(self.world)
        granted = narrowing(tool, arguments, self.world, self.identity, rng=self.rng, **needs)
        self.dropped = granted.dropped
        result = settle(sample(granted.schema, self.rng), tool, arguments, granted.schema)
        assert validator(tool.results).valid(result)
        old, self.world = self.world, commit(self.world, tool, arguments, result, self.identity)
        assert old == before
        assert moment(self.world["clock"]) > moment(before["clock"])
        return result


CREATE = {"issue_description": "I cannot log in.", "requester_id": "cust123456789"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_created_ticket_is_read_back_with_defaults_for_what_was_not_sent(
    seed: int, support_tools: tuple[Tool, ...], support_plan: Plan
) -> None:
    desk = Desk(support_tools, seed, support_plan)
    made = desk.call("create_support_ticket", CREATE)
    assert (made["status"], made["creation_date"]) == ("open", "2025-08-27T21:24:05Z")
    read = desk.call("get_ticket_details", {"support_ticket_identifier": made["ticket_id"]})
    assert read == {
        "customer_id": "cust123456789",
        "issue_description": "I cannot log in.",
        "priority": "medium",
        "category": "general",
        "status": "open",
        "creation_date": made["creation_date"],
        "last_updated": made["creation_date"],
    }
    assert desk.dropped == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_search_finds_the_created_ticket_and_ids_keep_one_shape(
    seed: int, support_tools: tuple[Tool, ...], support_plan: Plan
) -> None:
    desk = Desk(support_tools, seed, support_plan)
    made = desk.call("create_support_ticket", {**CREATE, "urgency_level": "high"})
    question = {
        "user_account_id": "cust123456789", "issue_type": "general", "ticket_state": "open"
    }  # fmt: skip
    found = desk.call("search_tickets", question)["tickets"]
    assert found[0] == {
        "ticket_id": made["ticket_id"],
        "issue_description": "I cannot log in.",
        "creation_date": made["creation_date"],
        "last_updated": made["creation_date"],
    }
    shapes = {"".join("#" if c.isdigit() else c for c in t["ticket_id"]) for t in found}
    assert len(shapes) == 1
    assert len({ticket["ticket_id"] for ticket in found}) == len(found)
    assert all(t["creation_date"] <= t["last_updated"] <= "2025-08-27T22" for t in found)
    assert desk.call("search_tickets", question)["tickets"] == found


def test_a_filter_that_speaks_against_a_record_keeps_it_out(
    support_tools: tuple[Tool, ...],
) -> None:
    desk = Desk(support_tools)
    made = desk.call("create_support_ticket", CREATE)
    for other in ({"issue_type": "billing"}, {"end_date": "2025-08-01"}, {"user_account_id": "x9"}):
        found = desk.call("search_tickets", {"user_account_id": "cust123456789", **other})
        assert made["ticket_id"] not in [ticket["ticket_id"] for ticket in found["tickets"]]


def test_an_escalation_is_a_thing_of_its_own_and_is_updated(
    support_tools: tuple[Tool, ...], support_plan: Plan
) -> None:
    desk = Desk(support_tools, 3, support_plan)
    ticket = desk.call("create_support_ticket", CREATE)["ticket_id"]
    case = {"specialist_team": "technical", "support_case_id": ticket, "specialist_notes": "n"}
    made = desk.call("escalate_ticket_to_specialist", case)
    assert made["status"] == "pending"
    before = desk.world["clock"]
    change = {"status": "in_progress", "ticket_escalation_id": made["escalation_id"]}
    assert moment(desk.call("update_escalation_status", change)["last_updated"]) == moment(before)
    escalation = desk.world["records"][f"escalation:{made['escalation_id']}"]
    assert escalation["fields"]["escalation.status"] == "in_progress"
    assert desk.world["records"][f"ticket:{ticket}"]["fields"]["ticket.status"] == "open"


def test_known_facts_yield_to_a_demand_and_demands_choose_among_options(
    support_tools: tuple[Tool, ...],
) -> None:
    desk = Desk(support_tools)
    states = {"enum": ["resolved", "closed", "elsewhere"]}
    made = desk.call("create_support_ticket", CREATE, demands={"status": states})
    assert made["status"] in ("resolved", "closed")
    assert desk.dropped == ("status",)


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("==", "closed", lambda status: status == "closed"),
        ("!=", "open", lambda status: status != "open"),
    ],
)
def test_a_decision_on_a_status_holds(
    operator: Any, value: str, holds: Any, support_tools: tuple[Tool, ...]
) -> None:
    decision = Decision(call="c1", path="status", operator=operator, value=value)
    made = Desk(support_tools).call("create_support_ticket", CREATE, decisions=[decision])
    assert holds(made["status"])


@pytest.mark.parametrize("seed", SEEDS)
def test_decisions_on_lists_and_numbers_hold(seed: int, shop_tools: tuple[Tool, ...]) -> None:
    desk = Desk(shop_tools, seed)
    none = Decision(call="c1", path="products", operator="empty")
    assert desk.call("searchProducts", {"query": "mat"}, decisions=[none])["products"] == []
    cheap = Decision(call="c1", path="products[].price", operator="<", value=20)
    found = desk.call("searchProducts", {"query": "mouse"}, decisions=[cheap])
    assert found["products"]
    assert all(product["price"] < 20 for product in found["products"])
    assert found["totalResults"] == len(found["products"])


@pytest.mark.parametrize("seed", SEEDS)
def test_lists_hold_what_selectors_look_for(seed: int, shop_tools: tuple[Tool, ...]) -> None:
    desk = Desk(shop_tools, seed)
    third = [("products[].productId", Selector(kind="index", index=2))]
    assert len(desk.call("searchProducts", {"query": "a"}, picks=third)["products"]) >= 3
    only = [("products[].productId", Selector(kind="only"))]
    assert len(desk.call("searchProducts", {"query": "b"}, picks=only)["products"]) == 1
    named = [("products[].productId", Selector(kind="match", by="name", value="Mouse"))]
    found = desk.call("searchProducts", {"query": "c"}, picks=named)["products"]
    assert "Mouse" in [product["name"] for product in found]


ADDRESS = {"street": "1 Main St", "city": "Oslo", "postal_code": "0150"}


def _ordered(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """A searched product and an order of two of it."""
    one = [("products[].productId", Selector(kind="first"))]
    product = desk.call("searchProducts", {"query": "mouse", "max_price": 80}, picks=one)
    product = product["products"][0]
    order = {
        "items": [{"product_id": product["productId"], "quantity": 2}],
        "customer_id": "C-1001",
    }
    return product, desk.call("place_order", {**order, "shipping_address": ADDRESS})


@pytest.mark.parametrize("seed", SEEDS)
def test_an_order_names_the_product_that_was_found_and_adds_up(
    seed: int, shop_tools: tuple[Tool, ...]
) -> None:
    desk = Desk(shop_tools, seed)
    product, order = _ordered(desk)
    assert product["price"] <= 80
    total = round(2 * product["price"], 2)
    assert order["items"] == [
        {
            "product_id": product["productId"],
            "name": product["name"],
            "quantity": 2,
            "unit_price": product["price"],
            "line_total": total,
        }
    ]
    assert (order["total"], order["status"], order["success"]) == (total, "PENDING", True)
    assert "error" not in order
    read = desk.call("get_product", {"product_id": product["productId"]})["product"]
    assert (read["name"], read["price"]) == (product["name"], product["price"])


def test_an_update_shows_in_the_next_read(shop_tools: tuple[Tool, ...]) -> None:
    desk = Desk(shop_tools, 1)
    _, order = _ordered(desk)
    asked = {"order_number": order["order_id"]}
    before = desk.call("get_order", asked)
    assert (before["shipping_address"], before["customer_id"]) == (ADDRESS, "C-1001")
    moved = {"street": "2 Side St", "city": "Bergen", "postal_code": "5003"}
    changed = desk.call("update_delivery", {"order_id": order["order_id"], "new_address": moved})
    assert changed["success"] is True
    after = desk.call("get_order", asked)
    assert after["shipping_address"] == moved
    assert after["items"] == order["items"]
    assert after["created_at"] == order["order_date"]
    assert after["updated_at"] == int(moment(changed["updated_at"]).timestamp())


def test_a_coarse_reading_does_not_blur_what_is_known(shop_tools: tuple[Tool, ...]) -> None:
    desk = Desk(shop_tools, 1)
    _, order = _ordered(desk)
    listed = desk.call("list_orders", {"user_id": "C-1001"})
    assert listed[0]["created_at"] == "2025-08-27"
    read = desk.call("get_order", {"order_number": order["order_id"]})
    assert read["created_at"] == order["order_date"]


def test_what_is_cancelled_leaves_the_list_but_can_be_read(shop_tools: tuple[Tool, ...]) -> None:
    desk = Desk(shop_tools, 2)
    _, order = _ordered(desk)
    mine = {"user_id": "C-1001"}
    listed = desk.call("list_orders", mine)
    assert order["order_id"] in [one["order_id"] for one in listed]
    gone = desk.call("cancel_order", {"order_id": order["order_id"]})
    assert gone == {"status": "CANCELLED", "success": True}
    rest = desk.call("list_orders", mine)
    assert rest == [one for one in listed if one["order_id"] != order["order_id"]]
    assert desk.call("get_order", {"order_number": order["order_id"]})["status"] == "CANCELLED"
    cancelled = desk.call("list_orders", {**mine, "status": "CANCELLED"})
    assert order["order_id"] in [one["order_id"] for one in cancelled]


def test_ids_follow_the_shapes_asked_for(shop_tools: tuple[Tool, ...]) -> None:
    desk = Desk(shop_tools)
    some = [("products[].productId", Selector(kind="first"))]
    shapes = {"productId": "@@-###"}
    found = desk.call("searchProducts", {"query": "x"}, picks=some, shapes=shapes)["products"]
    for product in found:
        letters, digits = product["productId"].split("-")
        assert letters.isalpha() and letters.isupper() and len(letters) == 2
        assert digits.isdigit() and len(digits) == 3


def test_a_question_without_identifiers_gets_the_same_answer_twice() -> None:
    weather = Tool(
        name="get_weather",
        parameters={"type": "object", "properties": {"city": {"type": "string"}}},
        results={
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "temperature": {"type": "number"},
                "hours": {"type": "array", "items": {"type": "integer"}},
            },
        },
    )
    desk = Desk([weather])
    first = desk.call("get_weather", {"city": "Oslo"})
    assert first["city"] == "Oslo"
    assert desk.call("get_weather", {"city": "Oslo"}) == first


def test_a_known_value_that_the_schema_refuses_is_left_out() -> None:
    properties = {"item_id": {"type": "string"}, "level": {"enum": ["low", "critical"]}}
    make = Tool(
        name="create_item",
        parameters={"type": "object", "properties": {"level": {"enum": ["low", "critical"]}}},
        results={"type": "object", "properties": properties},
    )
    get = Tool(
        name="get_item",
        parameters={"type": "object", "properties": {"item_id": {"type": "string"}}},
        results={"type": "object", "properties": {"level": {"enum": ["low", "medium"]}}},
    )
    desk = Desk([make, get])
    made = desk.call("create_item", {"level": "critical"})
    assert made["level"] == "critical"
    assert desk.call("get_item", {"item_id": made["item_id"]})["level"] in ("low", "medium")
    assert desk.dropped == ("level",)


def test_conditions_and_cycles_in_a_result_schema_are_met() -> None:
    node = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "state": {"enum": ["open", "closed"]},
            "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
        },
        "if": {"properties": {"state": {"const": "closed"}}, "required": ["state"]},
        "then": {"required": ["id"], "properties": {"id": {"pattern": "^Z[0-9]+$"}}},
    }
    results = {"$defs": {"node": node}, "$ref": "#/$defs/node"}
    tool = Tool(name="create_node", parameters={"type": "object"}, results=results)
    closed = Decision(call="c1", path="state", operator="==", value="closed")
    assert Desk([tool]).call("create_node", {}, decisions=[closed])["id"].startswith("Z")


def test_the_clock_moves_on_demand_and_never_back() -> None:
    world = new_world(NOW)
    assert advance(world, 90)["clock"] == "2025-08-27T21:25:35+00:00"
    assert advance(world, -5)["clock"] == world["clock"]


def test_a_reckoned_answer_does_not_echo_its_argument() -> None:
    number = {"type": "object", "properties": {"number": {"type": "number"}}}
    result = {"squared_number": {"type": "number", "minimum": 100}}
    tool = Tool(
        name="calculate_squared",
        parameters=number,
        results={"type": "object", "properties": result},
    )
    assert Desk([tool]).call("calculate_squared", {"number": 200.5})["squared_number"] != 200.5


def test_a_refund_is_no_more_than_the_total() -> None:
    money = {"type": "number", "minimum": 0}
    order = {"order_id": {"type": "string"}, "total": {"type": "number", "maximum": 30}}
    place = Tool(name="place_order", results={"type": "object", "properties": order})
    cancel = Tool(
        name="cancel_order",
        parameters={"type": "object", "properties": {"order_id": {"type": "string"}}},
        results={"type": "object", "properties": {"refund_amount": money}},
    )
    for seed in SEEDS:
        desk = Desk([place, cancel], seed)
        made = desk.call("place_order", {})
        refund = desk.call("cancel_order", {"order_id": made["order_id"]})["refund_amount"]
        assert refund <= made["total"]


def test_totals_add_taxes_and_take_discounts() -> None:
    lines = [{"price": 10.0, "quantity": 3}, {"price": 2.5, "quantity": 2}]
    result = {"items": lines, "subtotal": 1.0, "tax": 2.1, "discount": 5.0, "total": 9.99}
    settled = settle(result, Tool(name="get_cart"), {})
    assert settled == {**result, "subtotal": 35.0, "total": 32.1}
    nights = settle({"price_per_night": 80, "total_price": 1}, Tool(name="book"), {"nights": 3})
    assert nights == {"price_per_night": 80, "total_price": 240}
    swapped = {"departure_time": "2025-09-02T10:00:00Z", "arrival_time": "2025-09-02T08:00:00Z"}
    assert settle(swapped, Tool(name="get_flight"), {}) == {
        "departure_time": "2025-09-02T08:00:00Z",
        "arrival_time": "2025-09-02T10:00:00Z",
    }


def _plain(name: str, takes: dict[str, str], gives: dict[str, str]) -> Tool:
    def held(fields: dict[str, str]) -> dict[str, Any]:
        return {key: {"type": kind} for key, kind in fields.items()}

    return Tool.model_validate(
        {
            "name": name,
            "parameters": {"type": "object", "properties": held(takes)},
            "results": {"type": "object", "properties": held(gives), "required": list(gives)},
        }
    )


BAGS = {"reservation_id": "string", "total_bags": "integer", "paid_bags": "integer"}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_update_returns_what_it_was_given_whatever_the_plan_links(seed: int) -> None:
    read = _plain("get_reservation", {"reservation_id": "string"}, BAGS)
    change = _plain("update_reservation_bags", BAGS, BAGS)
    whole = {"source": "tool_output", "call": "c1", "path": "total_bags"}
    calls = [
        {"id": "c1", "tool": "get_reservation", "arguments": {}},
        {"id": "c2", "tool": "update_reservation_bags", "arguments": {"paid_bags": whole}},
    ]
    steps = [{"act": "tool_invocation", "calls": calls}]
    plan = Plan.model_validate(
        {"version": 1, "id": "p", "goal": "g", "segments": [{"steps": steps}]}
    )
    desk = Desk([read, change], seed, plan)
    desk.call("get_reservation", {"reservation_id": "R1"})
    sent = {"reservation_id": "R1", "total_bags": 7, "paid_bags": 3}
    assert desk.call("update_reservation_bags", sent) == sent
    assert desk.call("get_reservation", {"reservation_id": "R1"}) == sent


@pytest.mark.parametrize("seed", SEEDS)
def test_a_state_in_plain_words_fits_the_verb(seed: int) -> None:
    fields = {"id": "integer", "title": "string", "status": "string"}
    desk = Desk(
        [
            _plain("create_ticket", {"title": "string"}, fields),
            _plain("close_ticket", {"ticket_id": "integer"}, {"status": "string"}),
            _plain("get_ticket", {"ticket_id": "integer"}, fields),
        ],
        seed,
    )
    made = desk.call("create_ticket", {"title": "No light"})
    assert (made["title"], made["status"]) == ("No light", "open")
    assert desk.call("close_ticket", {"ticket_id": made["id"]}) == {"status": "closed"}
    assert desk.call("get_ticket", {"ticket_id": made["id"]}) == {**made, "status": "closed"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_call_that_went_well_tells_of_no_failure(seed: int) -> None:
    gives = {"booking_status": "boolean", "booking_failure": "string", "error_code": "string"}
    book = _plain("book_flight", {"travel_date": "string"}, gives)
    made = Desk([book], seed).call("book_flight", {"travel_date": "2025-09-01"})
    assert made == {"booking_status": True, "booking_failure": "", "error_code": ""}
    loose = book.model_copy(update={"results": {**book.results, "required": []}})
    assert Desk([loose], seed).call("book_flight", {}).keys() <= {"booking_status"}


def test_what_is_looked_into_is_mostly_as_one_hopes() -> None:
    check = _plain("verify_traveler", {"passport": "string"}, {"verification_status": "boolean"})
    found = [
        Desk([check], seed).call("verify_traveler", {"passport": str(seed)})["verification_status"]
        for seed in range(20)
    ]
    assert found.count(True) > 10


def test_rows_are_about_whom_was_asked_for() -> None:
    row = {"order_id": {"type": "string"}, "customer_id": {"type": "string"}}
    item = {"type": "object", "required": list(row), "properties": row}
    orders = {"orders": {"type": "array", "items": item}}
    tool = _plain("get_customer_details", {"customer_id": "string"}, {})
    tool = tool.model_copy(update={"results": {"type": "object", "properties": orders}})
    rows = [
        one
        for seed in range(8)
        for one in Desk([tool], seed).call("get_customer_details", {"customer_id": "C-77"})[
            "orders"
        ]
    ]
    assert rows
    assert {one["customer_id"] for one in rows} == {"C-77"}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_looked_up_belongs_to_the_thing_that_named_it(seed: int) -> None:
    order = _plain(
        "get_order", {"order_id": "string"}, {"order_id": "string", "warranty_id": "string"}
    )
    warranty = _plain(
        "get_warranty", {"warranty_id": "string"}, {"warranty_id": "string", "order_id": "string"}
    )
    desk = Desk([order, warranty], seed)
    named = desk.call("get_order", {"order_id": "O-77"})["warranty_id"]
    assert desk.call("get_warranty", {"warranty_id": named})["order_id"] == "O-77"
