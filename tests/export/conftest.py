"""Real dialogues as plain records, ways to change them, and files that hold them."""

import copy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

Records = list[dict[str, Any]]
Writer = Callable[[Iterable[Any]], str]
# One with parallel calls, one that sends goods back, one that changes an account.
PLANS = ("logistics_customs", "ecommerce_return", "online_banking_card_fraud")


@pytest.fixture(scope="session")
def _made() -> Records:
    made = [simulate(plan, seed=seed).dump() for plan in PLANS for seed in range(2)]
    for number, record in enumerate(made):
        # Six plans, so that a split has something to split.
        record["plan"]["id"] = f"{record['plan']['id']}_{number}"
    return made


@pytest.fixture
def records(_made: Records) -> Records:
    """Six dialogues; the first two hold parallel calls."""
    return copy.deepcopy(_made)


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Writes records, or lines of bytes as they are, to a file and names it."""

    def written(lines: Iterable[Any]) -> str:
        file = tmp_path / "given.jsonl"
        raw = (line if isinstance(line, bytes) else json_bytes(line) for line in lines)
        file.write_bytes(b"".join(line + b"\n" for line in raw))
        return str(file)

    return written


def _calling(record: dict[str, Any]) -> list[int]:
    """The places of the messages that make calls."""
    return [at for at, message in enumerate(record["messages"]) if message.get("tool_calls")]


def _with_mistake(record: dict[str, Any]) -> dict[str, Any]:
    """The record with a failed attempt before its first call, which nobody should learn."""
    changed = copy.deepcopy(record)
    at = _calling(changed)[0]
    good = changed["messages"][at]
    assert len(good["tool_calls"]) == 1
    bad = copy.deepcopy(good)
    bad["train"] = False
    bad["tool_calls"][0] |= {"id": "call_bad", "arguments": {}, "sources": {}}
    good["tool_calls"][0]["attempt"] = 2
    name = good["tool_calls"][0]["name"]
    told = '{"error":{"code":"MISSING_PARAMETER","message":"something is missing"}}'
    result = {
        "role": "tool", "content": told, "train": False,
        "step": good["step"], "tool_call_id": "call_bad", "name": name,
    }  # fmt: skip
    changed["messages"][at:at] = [bad, result]
    for segment in changed["plan"]["segments"]:
        for index, step in enumerate(segment["steps"]):
            if step["act"] == "tool_invocation":
                failed = copy.deepcopy(step)
                failed["calls"][0] |= {
                    "arguments": {},
                    "expect": {"outcome": "error", "code": "MISSING_PARAMETER"},
                    "fault": {"kind": "missing_parameter"},
                }
                step["calls"][0]["attempt"] = 2
                segment["steps"].insert(index, failed)
                return changed
    raise AssertionError("the plan calls nothing")


def _with_late_tool(record: dict[str, Any], *, told: bool = True) -> dict[str, Any]:
    """The record with its first called tool brought by its second user message."""
    changed = copy.deepcopy(record)
    users = [at for at, m in enumerate(changed["messages"]) if m["role"] == "user"]
    first = next(at for at in _calling(changed) if at > users[1])
    name = changed["messages"][first]["tool_calls"][0]["name"]
    for shown in changed["tools"]:
        if shown["tool"]["name"] == name:
            shown["available_from"] = users[1]
    if told:
        changed["messages"][users[1]]["content"] += f' Use {{"name": "{name}"}}.'
    return changed


@pytest.fixture
def with_mistake() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Puts a failed attempt before a record's first call."""
    return _with_mistake


@pytest.fixture
def with_late_tool() -> Callable[..., dict[str, Any]]:
    """Lets a tool arrive with a record's second user message."""
    return _with_late_tool
