"""A small finished dialogue, built by hand, and ways to change it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from toolweave.checks.words import Words
from toolweave.core.dialogue import Dialogue
from toolweave.core.lexicon import Lexicon
from toolweave.evaluation.proof import prove

NO_WORDS = Words(None, Lexicon(version=1, domain=""))
CLOCK = "Current time: 2025-08-27 21:24:05."
TOOLS: list[dict[str, Any]] = [
    {
        "name": "open_ticket",
        "description": "Opens a ticket.",
        "parameters": {
            "type": "object",
            "properties": {
                "customer": {"type": "string", "description": "The customer's number."},
                "issue": {"type": "string", "description": "What is wrong."},
                "severity": {"type": "string", "enum": ["low", "high"], "default": "low"},
                "copies": {"type": "integer"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "site": {"type": "object", "properties": {"city": {"type": "string"}}},
            },
            "required": ["customer", "issue"],
        },
        "results": {
            "type": "object",
            "properties": {
                "ticket_id": {"type": "string"},
                "due": {"type": "string", "format": "date"},
                "fee": {"type": "number"},
                "agents": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"name": {"type": "string"}, "load": {"type": "integer"}},
                    },
                },
            },
            "required": ["ticket_id"],
        },
    },
    {
        "name": "assign_ticket",
        "description": "Gives a ticket to an agent.",
        "parameters": {
            "type": "object",
            "properties": {
                "ticket": {"type": "string"},
                "agent": {"type": "string"},
                "mode": {"type": "string", "default": "manual"},
                "on": {"type": "string", "format": "date"},
            },
            "required": ["ticket", "agent"],
        },
        "results": {
            "type": "object",
            "properties": {"state": {"type": "string", "enum": ["assigned", "queued"]}},
        },
    },
    {
        "name": "read_ticket",
        "description": "Reads a ticket.",
        "parameters": {
            "type": "object",
            "properties": {"ticket": {"type": "string"}},
            "required": ["ticket"],
        },
        "results": {"type": "object", "properties": {"opened_by": {"type": "string"}}},
    },
]  # fmt: skip


def user(slot: str) -> dict[str, Any]:
    return {"source": "user", "slot": slot}


def output(call: str, path: str, **select: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"source": "tool_output", "call": call, "path": path}
    return {**made, "select": select} if select else made


PLAN: dict[str, Any] = {
    "version": 1,
    "id": "tickets",
    "goal": "Open a ticket and give it to somebody.",
    "segments": [
        {
            "steps": [
                {
                    "act": "user_request",
                    "provides": [
                        {"slot": "c1.customer"},
                        {"slot": "c1.copies", "value": 3, "fixed": True},
                    ],
                },
                {"act": "assistant_clarification", "asks": ["c1.issue"]},
                {"act": "user_clarification_response", "provides": [{"slot": "c1.issue"}]},
                {
                    "act": "tool_invocation",
                    "calls": [
                        {
                            "id": "c1",
                            "tool": "open_ticket",
                            "arguments": {
                                "customer": user("c1.customer"),
                                "issue": user("c1.issue"),
                                "copies": user("c1.copies"),
                            },
                        }
                    ],
                },
                {
                    "act": "tool_invocation",
                    "calls": [
                        {
                            "id": "c2",
                            "tool": "assign_ticket",
                            "arguments": {
                                "ticket": output("c1", "ticket_id"),
                                "agent": output("c1", "agents[].name", kind="min", by="load"),
                                "mode": {"source": "default"},
                                "on": {"source": "context", "key": "today"},
                            },
                        },
                        {
                            "id": "c3",
                            "tool": "read_ticket",
                            "arguments": {"ticket": output("c1", "ticket_id")},
                        },
                    ],
                },
                {"act": "assistant_response", "summarizes": ["c1", "c2", "c3"]},
            ]
        }
    ],
}

RESULT = (
    '{"ticket_id": "T-9041", "due": "2025-09-03", "fee": 20.5, "agents":'
    ' [{"name": "Ines Falk", "load": 4}, {"name": "Tomas Berg", "load": 2}]}'
)
REQUEST = "Hi, customer number 55120 here. I need a ticket, and please send me 3 copies."
ISSUE = "the east gate sensor drops out every night"
ANSWER = f"Sure: {ISSUE}."
SUMMARY = (
    "Ticket T-9041 is open and Tomas Berg has it. It is due on September 3, the fee is $20.50."
)


def mention(message: int, text: str, said: str) -> dict[str, int]:
    start = text.index(said)
    return {"message": message, "start": start, "end": start + len(said)}


def answer(call_id: str, name: str, content: str, step: int) -> dict[str, Any]:
    return {
        "role": "tool", "content": content, "step": step, "tool_call_id": call_id, "name": name,
    }  # fmt: skip


def states(text: str, **said: str) -> list[dict[str, Any]]:
    return [
        {
            "ref": ref.replace("__", "."),
            "start": text.index(part),
            "end": text.index(part) + len(part),
        }
        for ref, part in said.items()
    ]


def finished() -> dict[str, Any]:
    """The dialogue as data, free of findings; every call gives a fresh copy to change."""
    first, second = (
        PLAN["segments"][0]["steps"][3]["calls"],
        PLAN["segments"][0]["steps"][4]["calls"],
    )
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": CLOCK},
        {"role": "user", "content": REQUEST, "step": 1},
        {"role": "assistant", "content": "What exactly is going wrong?", "step": 2, "train": True},
        {"role": "user", "content": ANSWER, "step": 3},
        {
            "role": "assistant", "content": "", "step": 4, "train": True,
            "tool_calls": [
                {
                    "id": "call_1", "name": "open_ticket", "call": "c1",
                    "arguments": {"customer": "55120", "issue": ISSUE, "copies": 3},
                    "sources": {
                        "customer": {
                            "binding": first[0]["arguments"]["customer"],
                            "mention": mention(1, REQUEST, "55120"),
                        },
                        "issue": {
                            "binding": first[0]["arguments"]["issue"],
                            "mention": mention(3, ANSWER, ISSUE),
                        },
                        "copies": {
                            "binding": first[0]["arguments"]["copies"],
                            "mention": mention(1, REQUEST, "3"),
                        },
                    },
                }
            ],
        },
        answer("call_1", "open_ticket", RESULT, 4),
        {
            "role": "assistant", "content": "", "step": 5, "train": True,
            "tool_calls": [
                {
                    "id": "call_2", "name": "assign_ticket", "call": "c2",
                    "arguments": {
                        "ticket": "T-9041", "agent": "Tomas Berg", "mode": "manual",
                        "on": "2025-08-27",
                    },
                    "sources": {
                        path: {"binding": binding}
                        for path, binding in second[0]["arguments"].items()
                    },
                },
                {
                    "id": "call_3", "name": "read_ticket", "call": "c3",
                    "arguments": {"ticket": "T-9041"},
                    "sources": {"ticket": {"binding": second[1]["arguments"]["ticket"]}},
                },
            ],
        },
        answer("call_2", "assign_ticket", '{"state": "assigned"}', 5),
        answer("call_3", "read_ticket", '{"opened_by": "55120"}', 5),
        {
            "role": "assistant", "content": SUMMARY, "step": 6, "train": True,
            "states": states(
                SUMMARY, c1__ticket_id="T-9041", c2__agent="Tomas Berg", c1__due="September 3"
            ),
        },
    ]  # fmt: skip
    return {
        "version": 1,
        "id": "d1",
        "seed": 1,
        "goal": PLAN["goal"],
        "plan": PLAN,
        "tools": [{"tool": tool} for tool in TOOLS],
        "messages": [{"train": False, **message} for message in messages],
        "checks": {"proof": "passed"},
        "provenance": {"model": "offline", "package": "0", "prompts": "0"},
    }


@pytest.fixture
def data() -> dict[str, Any]:
    """A dialogue without findings, as plain data that a test may change."""
    return copy.deepcopy(finished())


@pytest.fixture
def findings() -> Callable[[dict[str, Any]], list[tuple[str, int | None, str]]]:
    """Proves data as a dialogue: code, message and place of every finding."""

    def proved(changed: dict[str, Any]) -> list[tuple[str, int | None, str]]:
        found = prove(Dialogue.model_validate(changed), NO_WORDS)
        return [(finding.code, finding.message, finding.at) for finding in found]

    return proved
