"""Names of one thing fall into one class, and what tools do is read from their names."""

import pickle
from typing import Any

import pytest

from toolweave.core.plan import Plan
from toolweave.core.tool import Effect, Tool
from toolweave.memory.identity import Identity, effect_of, identifier


def _tool(name: str, takes: str = "", gives: str = "") -> Tool:
    def schema(names: str) -> dict[str, Any]:
        return {"type": "object", "properties": {n: {"type": "string"} for n in names.split()}}

    return Tool(name=name, parameters=schema(takes), results=schema(gives))


def test_plan_links_make_three_names_one_key(
    support_tools: tuple[Tool, ...], support_plan: Plan
) -> None:
    identity = Identity.of(support_tools, support_plan)
    keys = {
        identity.key("create_support_ticket", "results", "ticket_id"),
        identity.key("get_ticket_details", "arguments", "support_ticket_identifier"),
        identity.key("search_tickets", "results", "tickets[].ticket_id"),
        identity.key("escalate_ticket_to_specialist", "arguments", "support_case_id"),
    }
    assert keys == {"ticket.id"}
    alone = Identity.of(support_tools)
    assert alone.key("escalate_ticket_to_specialist", "arguments", "support_case_id") == "case.id"


def test_whoever_speaks_is_one_person_under_every_name(support_tools: tuple[Tool, ...]) -> None:
    identity = Identity.of(support_tools)
    keys = {
        identity.key("create_support_ticket", "arguments", "requester_id"),
        identity.key("get_ticket_details", "results", "customer_id"),
        identity.key("search_tickets", "arguments", "user_account_id"),
    }
    assert keys == {"person.id"}


@pytest.mark.parametrize(
    "name", ["assignee_id", "agent_id", "driver_id", "technician_id", "seller_id", "doctor_id",
             "recipient_user_id", "assigned_employee_id"]
)  # fmt: skip
def test_others_are_not_the_speaker(name: str) -> None:
    identity = Identity.of([_tool("get_ticket", "ticket_id", f"customer_id {name}")])
    assert identity.key("get_ticket", "results", "customer_id") == "person.id"
    assert identity.key("get_ticket", "results", name) != "person.id"


def test_two_people_in_one_object_stay_two() -> None:
    identity = Identity.of([_tool("transfer_points", "member_id client_id")])
    one = identity.key("transfer_points", "arguments", "member_id")
    assert one != identity.key("transfer_points", "arguments", "client_id")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("creation_date", "created_at"),
        ("last_updated", "updated_at"),
        ("priority", "urgency_level"),
        ("issue_type", "category"),
        ("ticket_state", "status"),
        ("new_status", "ticketStatus"),
    ],
)
def test_synonyms_are_one_field(left: str, right: str) -> None:
    first = _tool("get_ticket", "ticket_id", left)
    second = _tool("update_ticket", "ticket_id", right)
    states = {"enum": ["open", "closed"]}
    results = {"type": "object", "properties": {left: states}}
    identity = Identity.of([first.model_copy(update={"results": results}), second])
    assert identity.key("get_ticket", "results", left) == identity.key(
        "update_ticket", "results", right
    )


def test_a_slot_that_feeds_two_arguments_and_the_plan_s_own_word_link_fields() -> None:
    tools = [_tool("create_trip", "where", "trip_id"), _tool("update_trip", "trip_id place spot")]
    slot = {"source": "user", "slot": "c1.where"}
    calls = [
        {"id": "c1", "tool": "create_trip", "arguments": {"where": slot}},
        {"id": "c2", "tool": "update_trip", "arguments": {"place": slot}},
    ]
    plan = Plan.model_validate(
        {
            "version": 1, "id": "p", "goal": "g", "same": [["c1.where", "c2.spot"]],
            "segments": [{"steps": [{"act": "tool_invocation", "calls": calls}]}],
        }
    )  # fmt: skip
    identity = Identity.of(tools, plan)
    where = identity.key("create_trip", "arguments", "where")
    assert identity.key("update_trip", "arguments", "place") == where
    assert identity.key("update_trip", "arguments", "spot") == where
    assert pickle.loads(pickle.dumps(identity)) == identity  # noqa: S301


@pytest.mark.parametrize(
    ("path", "schema", "expected"),
    [
        ("ticket_id", {"type": "string"}, True),
        ("id", {"type": "integer"}, True),
        ("orders[].orderId", {"type": "string"}, True),
        ("support_ticket_identifier", {"type": "string"}, True),
        ("order_number", {"type": "string"}, True),
        ("booking_reference", {"type": "string"}, True),
        ("tracking_no", {"type": "string"}, True),
        ("phone_number", {"type": "string"}, False),
        ("postal_code", {"type": "string"}, False),
        ("currency_code", {"type": "string"}, False),
        ("number", {"type": "integer"}, False),
        ("id", {"type": "boolean"}, False),
        ("valid", {"type": "string"}, False),
        ("paid", {"type": "string"}, False),
    ],
)
def test_identifiers_are_told_by_their_names(
    path: str, schema: dict[str, Any], expected: bool
) -> None:
    assert identifier(path, schema) is expected


@pytest.mark.parametrize(
    ("tool", "kind", "entity"),
    [
        (_tool("create_support_ticket", "", "ticket_id"), "create", "ticket"),
        (_tool("getOrderDetails", "order_id"), "read", "order"),
        (_tool("search-hotels", "city"), "read", "hotel"),
        (_tool("track_shipment", "tracking_number"), "read", "shipment"),
        (_tool("BookFlight", "", "booking_reference"), "create", "booking"),
        (_tool("escalate_ticket_to_specialist", "ticket_id", "escalation_id"), "create",
         "escalation"),
        (_tool("reschedule_appointment", "appointment_id"), "update", "appointment"),
        (_tool("assign_ticket", "ticket_id agent_id"), "update", "ticket"),
        (_tool("update_reservation_baggages", "reservation_id"), "update", "reservation"),
        (_tool("cancel_order", "order_id"), "delete", "order"),
        (_tool("close_ticket", "ticket_id"), "update", "ticket"),
        (_tool("get_user_profile", "user_id"), "read", "person"),
        (_tool("change_password", "user_id"), "update", "person"),
    ],
)  # fmt: skip
def test_effects_are_inferred_from_names_and_results(tool: Tool, kind: str, entity: str) -> None:
    found = effect_of(tool)
    assert (found.kind, found.entity) == (kind, entity)


def test_a_declared_effect_is_believed() -> None:
    tool = _tool("get_ticket").model_copy(
        update={"effect": Effect(kind="delete", entity="support_tickets")}
    )
    assert effect_of(tool) == Effect(kind="delete", entity="ticket")


def test_hostile_names_do_no_harm() -> None:
    names: dict[str, Any] = {
        "": {},
        "\x00": {},
        "a" * 5000: {},
        "[].[]": {},
        "…": {},
        "__id__": {},
        "Ⅷ": {},
    }
    schema = {"type": "object", "properties": names}
    identity = Identity.of([Tool(name="__", parameters=schema, results=schema), Tool(name="")])
    assert identity.sights.keys() == {"__", ""}
