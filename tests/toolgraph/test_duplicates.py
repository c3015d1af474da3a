"""Duplicates among tools are found; twins that differ on purpose survive."""

from typing import Any

import pytest

from toolweave.core.tool import Tool
from toolweave.toolgraph.synthesis.duplicates import duplicate_of


def tool(name: str, takes: str, gives: str, description: str = "", kind: str = "read") -> Tool:
    def schema(names: str) -> dict[str, Any]:
        return {"type": "object", "properties": {one: {"type": "string"} for one in names.split()}}

    return Tool.model_validate(
        {
            "name": name,
            "description": description or name,
            "parameters": schema(takes),
            "results": schema(gives),
            "effect": {"kind": kind, "entity": "order"},
        }
    )


def never(left: str, right: str) -> float:
    return 0.0


ORDER = tool("get_order", "order_id", "order_total customer_id order_status shipped_at")


@pytest.mark.parametrize(
    "twin",
    [
        tool("get_order_status", "order_id", "order_status"),
        tool("search_orders", "customer_id order_status", "order_id order_status"),
        tool("get_order_history", "order_id", "events changed_at changed_by"),
        tool("get_orders_of_customer", "customer_id", "order_id order_total"),
        tool("cancel_order", "order_id", "order_status", kind="delete"),
    ],
)
def test_twins_that_differ_on_purpose_are_two_tools(twin: Tool) -> None:
    assert duplicate_of(twin, [ORDER], never) == ""


@pytest.mark.parametrize(
    ("copy", "why"),
    [
        (tool("get_order", "x", "y"), "has a tool"),
        (tool("fetch_order_details", "order_id", "order_total customer_id order_status"), "names"),
        (
            tool("order_overview", "order_id", "order_total customer_id order_status shipped_at"),
            "the same parameters and results",
        ),
    ],
)
def test_duplicates_are_named_with_the_reason(copy: Tool, why: str) -> None:
    assert why in duplicate_of(copy, [ORDER], never)


def test_the_same_meaning_counts_only_with_much_the_same_structure() -> None:
    alike = tool("order_report", "order_id", "order_total customer_id order_status delivered_at")
    assert duplicate_of(alike, [ORDER], never) == ""
    assert "mean the same" in duplicate_of(alike, [ORDER], lambda left, right: 1.0)
    apart = tool("order_label", "order_id", "label_file")
    assert duplicate_of(apart, [ORDER], lambda left, right: 1.0) == ""
