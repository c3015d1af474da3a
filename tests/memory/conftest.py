"""The tools and plan of a support desk, as in the paper's appendix J, and those of a shop."""

from typing import Any

import pytest

from toolweave.core.plan import Plan
from toolweave.core.tool import Tool

TEXT: dict[str, Any] = {"type": "string"}
MONEY: dict[str, Any] = {"type": "number", "minimum": 1, "maximum": 500}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 9}
WHEN: dict[str, Any] = {"type": "string", "format": "date-time"}
DAY: dict[str, Any] = {"type": "string", "format": "date"}
STATUS = {"type": "string", "enum": ["open", "in_progress", "resolved", "closed", "on_hold"]}
KIND = {"type": "string", "enum": ["technical", "billing", "general"], "default": "general"}
URGENCY = {"type": "string", "enum": ["low", "medium", "high"], "default": "medium"}
PROGRESS = {"type": "string", "enum": ["pending", "in_progress", "resolved", "rejected"]}
STATE = {"enum": ["PENDING", "SHIPPED", "CANCELLED"]}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


@pytest.fixture(scope="session")
def support_tools() -> tuple[Tool, ...]:
    return (
        Tool(
            name="create_support_ticket",
            parameters=_object(
                issue_description=TEXT, category=KIND, requester_id=TEXT, urgency_level=URGENCY
            ),
            results=_object(ticket_id=TEXT, creation_date=WHEN, status=STATUS),
        ),
        Tool(
            name="get_ticket_details",
            parameters=_object(support_ticket_identifier=TEXT),
            results=_object(
                customer_id=TEXT, issue_description=TEXT, priority=URGENCY, category=KIND,
                status=STATUS, creation_date=WHEN, last_updated=WHEN,
            ),
        ),
        Tool(
            name="search_tickets",
            parameters=_object(
                start_date=DAY, end_date=DAY, user_account_id=TEXT, issue_type=KIND,
                ticket_state=STATUS, urgency_level=URGENCY,
            ),
            results=_object(
                tickets=_array(
                    _object(
                        ticket_id=TEXT, issue_description=TEXT, creation_date=WHEN,
                        last_updated=WHEN,
                    )
                )
            ),
        ),
        Tool(
            name="escalate_ticket_to_specialist",
            parameters=_object(
                specialist_team=TEXT, urgency_level=URGENCY, attachments=_array({"type": "object"}),
                support_case_id=TEXT, specialist_notes=TEXT,
            ),
            results=_object(escalation_id=TEXT, escalation_date=WHEN, status=PROGRESS),
        ),
        Tool(
            name="update_escalation_status",
            parameters=_object(status=PROGRESS, ticket_escalation_id=TEXT),
            results=_object(last_updated=WHEN),
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def support_plan() -> Plan:
    def user(slot: str) -> dict[str, str]:
        return {"source": "user", "slot": slot}

    def output(call: str, path: str) -> dict[str, str]:
        return {"source": "tool_output", "call": call, "path": path}

    calls: list[dict[str, Any]] = [
        {"id": "c1", "tool": "create_support_ticket", "arguments": {
            "issue_description": user("c1.issue_description"),
            "requester_id": user("c1.requester_id")}},
        {"id": "c2", "tool": "get_ticket_details", "arguments": {
            "support_ticket_identifier": output("c1", "ticket_id")}},
        {"id": "c3", "tool": "search_tickets", "arguments": {
            "user_account_id": output("c2", "customer_id"),
            "issue_type": output("c2", "category"), "ticket_state": output("c1", "status")}},
        {"id": "c4", "tool": "escalate_ticket_to_specialist", "arguments": {
            "specialist_team": user("c4.specialist_team"),
            "support_case_id": output("c1", "ticket_id"),
            "specialist_notes": user("c4.specialist_notes")}},
        {"id": "c5", "tool": "update_escalation_status", "arguments": {
            "status": user("c5.status"), "ticket_escalation_id": output("c4", "escalation_id")}},
    ]  # fmt: skip
    steps = [{"act": "tool_invocation", "calls": [call]} for call in calls]
    return Plan.model_validate(
        {
            "version": 1,
            "id": "support",
            "goal": "Escalate a ticket.",
            "segments": [{"steps": steps}],
        }
    )


@pytest.fixture(scope="session")
def shop_tools() -> tuple[Tool, ...]:
    address = _object(street=TEXT, city=TEXT, postal_code=TEXT)
    line = _object(product_id=TEXT, name=TEXT, quantity=COUNT, unit_price=MONEY, line_total=MONEY)
    return (
        Tool(
            name="searchProducts",
            parameters=_object(query=TEXT, max_price=MONEY, limit=COUNT),
            results=_object(
                products=_array(_object(productId=TEXT, name=TEXT, price=MONEY)),
                totalResults={"type": "integer"},
            ),
        ),
        Tool(
            name="get_product",
            parameters=_object(product_id=TEXT),
            results=_object(product=_object(id=TEXT, name=TEXT, price=MONEY, description=TEXT)),
        ),
        Tool(
            name="place_order",
            parameters=_object(
                customer_id=TEXT, items=_array(_object(product_id=TEXT, quantity=COUNT)),
                shipping_address=address,
            ),
            results=_object(
                order_id=TEXT, status=STATE, items=_array(line), total={"type": "number"},
                order_date=WHEN, success={"type": "boolean"}, error=TEXT,
            ),
        ),
        Tool(
            name="get_order",
            parameters=_object(order_number=TEXT),
            results=_object(
                order_id=TEXT, customer_id=TEXT, status=STATE, items=_array(line),
                total={"type": "number"}, shipping_address=address, created_at=WHEN,
                updated_at={"type": "integer"},
            ),
        ),
        Tool(
            name="list_orders",
            parameters=_object(user_id=TEXT, status=STATE),
            results=_array(_object(order_id=TEXT, status=STATE, created_at=DAY)),
        ),
        Tool(
            name="update_delivery",
            parameters=_object(order_id=TEXT, new_address=address),
            results=_object(success={"type": "boolean"}, updated_at=WHEN),
        ),
        Tool(
            name="cancel_order",
            parameters=_object(order_id=TEXT),
            results=_object(status=STATE, success={"type": "boolean"}),
        ),
    )  # fmt: skip
