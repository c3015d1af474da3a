"""A repair shop: tools and a plan with parallel calls, two failed tries and a correction."""

from collections.abc import Callable
from typing import Any

import pytest

from toolweave.agents.scene import Scene
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import opening, scene, set_scene
from toolweave.graph.walking import watch
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.schema.records import build
from toolweave.toolgraph.readers import read_tools

Data = dict[str, Any]
TEXT: Data = {"type": "string"}
DAY: Data = {"type": "string", "format": "date"}
TOOLS: Data = {
    "version": 1,
    "name": "repairs",
    "tools": [
        {
            "name": "get_quote",
            "description": "Says what a repair would cost.",
            "parameters": {
                "type": "object",
                "properties": {
                    "device": {**TEXT, "description": "What is broken."},
                    "pace": {"type": "string", "enum": ["as_soon_as_possible", "within_a_week"]},
                    "under_warranty": {"type": "boolean"},
                    "receipt_number": TEXT,
                },
                "required": ["device", "pace"],
                "if": {
                    "properties": {"under_warranty": {"const": True}},
                    "required": ["under_warranty"],
                },
                "then": {"required": ["receipt_number"]},
            },
            "results": {
                "type": "object",
                "properties": {"quote_id": TEXT, "total_price": {"type": "number", "minimum": 40}},
                "required": ["quote_id", "total_price"],
            },
        },
        {
            "name": "list_visits",
            "parameters": {"type": "object", "properties": {"visit_day": DAY},
                           "required": ["visit_day"]},
            "results": {
                "type": "object",
                "properties": {
                    "visits": {
                        "type": "array",
                        "minItems": 3,
                        "items": {
                            "type": "object",
                            "properties": {
                                "visit_id": TEXT,
                                "technician": TEXT,
                                "call_out_fee": {"type": "number", "minimum": 10, "maximum": 90},
                            },
                            "required": ["visit_id", "technician", "call_out_fee"],
                        },
                    }
                },
                "required": ["visits"],
            },
        },
        {
            "name": "book_repair",
            "parameters": {
                "type": "object",
                "properties": {
                    "quote_id": TEXT,
                    "visit_id": TEXT,
                    "helpers": {"type": "integer", "minimum": 1, "maximum": 9},
                    "problem_description": TEXT,
                    "address": {"type": "object", "properties": {"city": TEXT},
                                "required": ["city"]},
                },
                "required": ["quote_id", "visit_id", "helpers", "problem_description"],
            },
            "results": {
                "type": "object",
                "properties": {"repair_id": TEXT,
                               "status": {"type": "string", "enum": ["booked", "on_hold"]}},
                "required": ["repair_id", "status"],
            },
            "errors": [{"code": "NO_HELPERS", "message": "Nobody is free that day."}],
        },
    ],
}  # fmt: skip


def say(slot: str) -> Data:
    return {"source": "user", "slot": slot}


def out(call: str, path: str, **select: Any) -> Data:
    bound: Data = {"source": "tool_output", "call": call, "path": path}
    return bound | ({"select": select} if select else {})


BOOKING: Data = {
    "quote_id": out("c1", "quote_id"),
    "visit_id": out("c2", "visits[].visit_id", kind="min", by="call_out_fee"),
    "helpers": say("c3.helpers"),
    "problem_description": say("c3.problem_description"),
}
PLAN: Data = {
    "version": 1,
    "id": "repair",
    "goal": "Get a broken device repaired.",
    "segments": [
        {
            "subgoal": "find out what it costs and who could come",
            "steps": [
                {"act": "user_request", "provides": [{"slot": "c1.device"}, {"slot": "c1.pace"}]},
                {"act": "assistant_clarification", "asks": ["c2.visit_day"]},
                {"act": "user_clarification_response", "provides": [{"slot": "c2.visit_day"}]},
                {
                    "act": "tool_invocation",
                    "calls": [
                        {"id": "c1", "tool": "get_quote",
                         "arguments": {"device": say("c1.device"), "pace": say("c1.pace")}},
                        {"id": "c2", "tool": "list_visits",
                         "arguments": {"visit_day": say("c2.visit_day")}},
                    ],
                },
                {"act": "assistant_response", "summarizes": ["c1", "c2"]},
            ],
        },
        {
            "subgoal": "book the cheapest visit",
            "steps": [
                {
                    "act": "user_request",
                    "provides": [
                        {"slot": "c3.helpers", "value": 2, "fixed": True},
                        {"slot": "c3.problem_description"},
                    ],
                    "points_at": ["c3.visit_id"],
                },
                {
                    "act": "tool_invocation",
                    "calls": [
                        {
                            "id": "c3", "tool": "book_repair", "arguments": BOOKING,
                            "expect": {"outcome": "error", "code": "missing_parameter"},
                            "fault": {"kind": "missing_parameter", "path": "helpers"},
                        }
                    ],
                },
                {
                    "act": "tool_invocation",
                    "calls": [
                        {
                            "id": "c3", "tool": "book_repair", "arguments": BOOKING, "attempt": 2,
                            "expect": {"outcome": "error", "code": "invalid_type"},
                            "fault": {"kind": "wrong_type", "path": "helpers", "value": "two"},
                        }
                    ],
                },
                {
                    "act": "tool_invocation",
                    "calls": [
                        {"id": "c3", "tool": "book_repair", "arguments": BOOKING, "attempt": 3}
                    ],
                },
                {"act": "assistant_response", "summarizes": ["c3"], "reports": ["c3.repair_id"]},
            ],
        },
        {
            "kind": "correction",
            "subgoal": "another device after all",
            "steps": [
                {"act": "user_request",
                 "provides": [{"slot": "c4.device", "replaces": "c1.device"},
                              {"slot": "c4.under_warranty"}]},
                {
                    "act": "tool_invocation",
                    "calls": [
                        {
                            "id": "c4", "tool": "get_quote",
                            "arguments": {
                                "device": say("c4.device"), "pace": say("c1.pace"),
                                "under_warranty": say("c4.under_warranty"),
                            },
                        }
                    ],
                },
                {"act": "assistant_response", "summarizes": ["c4"]},
            ],
        },
    ],
}  # fmt: skip


@pytest.fixture(scope="session")
def repair_tools() -> Toolset:
    return read_tools(TOOLS)


@pytest.fixture(scope="session")
def repair_plan() -> Plan:
    return build(Plan, PLAN)


@pytest.fixture(scope="session")
def at_step(repair_plan: Plan, repair_tools: Toolset) -> Callable[..., Scene]:
    """The scene at a step (from 1) of the repair plan, everything before it simulated offline."""
    stage = prepare(repair_plan, repair_tools)

    def at(number: int, seed: int = 3) -> Scene:
        setting = set_scene(stage, seed, OfflineGenerator())
        state = opening(setting)
        for before, seen in enumerate(watch(setting), 1):
            if before == number - 1:
                state = seen
                break
        return scene(setting, state)

    return at
