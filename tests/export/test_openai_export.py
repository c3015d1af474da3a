"""The OpenAI export: what the upload accepts, weights, and what it cannot say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import TypeAdapter

from toolweave.export.exporting import Wish, export

Records = list[dict[str, Any]]
Change = Callable[[dict[str, Any]], dict[str, Any]]


def _exported(run: str, out: Path, **options: Any) -> Records:
    export(Wish(run=run, to="openai", out=out, **options))
    return [json.loads(line) for line in (out / "train.jsonl").read_text("utf-8").splitlines()]


def _skipped(out: Path) -> Records:
    return [json.loads(line) for line in (out / "skipped.jsonl").read_text("utf-8").splitlines()]


def test_every_row_is_of_the_sdks_types(
    records: Records, write: Callable[[Any], str], tmp_path: Path
) -> None:
    rows = _exported(write(records), tmp_path / "out")
    assert len(rows) == len(records)
    messages = TypeAdapter(list[ChatCompletionMessageParam])
    tools = TypeAdapter(list[ChatCompletionToolParam])
    for row in rows:
        assert set(row) == {"messages", "tools", "parallel_tool_calls"}
        # The types do not know the weight, which fine-tuning alone has.
        plain = [{k: v for k, v in message.items() if k != "weight"} for message in row["messages"]]
        messages.validate_python(plain)
        tools.validate_python(row["tools"])


def test_calls_carry_text_and_are_answered_right_after(
    records: Records, write: Callable[[Any], str], tmp_path: Path
) -> None:
    rows = _exported(write(records), tmp_path / "out")
    calls = 0
    for row, record in zip(rows, records, strict=True):
        for at, message in enumerate(row["messages"]):
            assert isinstance(message["content"], str)
            made = message.get("tool_calls", [])
            calls += len(made)
            answers = row["messages"][at + 1 : at + 1 + len(made)]
            assert [a["tool_call_id"] for a in answers] == [call["id"] for call in made]
            wanted = [c["arguments"] for c in record["messages"][at].get("tool_calls", [])]
            assert [json.loads(call["function"]["arguments"]) for call in made] == wanted
    assert calls > len(records)
    assert [row["parallel_tool_calls"] for row in rows] == [True, True, False, False, False, False]


def test_a_failed_call_has_weight_0_and_the_others_1(
    records: Records, write: Callable[[Any], str], tmp_path: Path, with_mistake: Change
) -> None:
    (row,) = _exported(write([with_mistake(records[2])]), tmp_path / "out")
    weights = [m["weight"] for m in row["messages"] if m["role"] == "assistant"]
    assert weights.count(0) == 1 and set(weights) == {0, 1}
    (bad,) = [m for m in row["messages"] if m.get("weight") == 0]
    assert bad["tool_calls"][0]["id"] == "call_bad"
    assert all("weight" not in m for m in row["messages"] if m["role"] != "assistant")


@pytest.mark.parametrize("name", ["book.room", "b" * 65, "bücher", ""])
def test_a_name_that_is_not_allowed_is_left_out_and_told(
    records: Records, write: Callable[[Any], str], tmp_path: Path, name: str
) -> None:
    records[3]["tools"][0]["tool"]["name"] = name
    rows = _exported(write(records), tmp_path / "out")
    assert len(rows) == len(records) - 1
    (entry,) = _skipped(tmp_path / "out")
    assert entry["reason"] == "tool_name" and entry["id"] == records[3]["id"] and entry["line"] == 4
    assert repr(name) in entry["problem"]


def test_a_dialogue_that_ends_with_the_user_is_left_out(
    records: Records, write: Callable[[Any], str], tmp_path: Path
) -> None:
    records[0]["messages"].append({"role": "user", "content": "Thanks.", "train": False})
    assert len(_exported(write(records), tmp_path / "out")) == len(records) - 1
    assert [entry["reason"] for entry in _skipped(tmp_path / "out")] == ["open_end"]


def test_parallel_calls_are_left_out_on_request(
    records: Records, write: Callable[[Any], str], tmp_path: Path
) -> None:
    rows = _exported(write(records), tmp_path / "out", single_calls=True)
    assert len(rows) == len(records) - 2
    assert not any(row["parallel_tool_calls"] for row in rows)
    assert {entry["reason"] for entry in _skipped(tmp_path / "out")} == {"parallel_calls"}


def test_a_late_tool_is_not_among_the_tools(
    records: Records, write: Callable[[Any], str], tmp_path: Path, with_late_tool: Any
) -> None:
    late, untold = with_late_tool(records[2]), with_late_tool(records[4], told=False)
    (row,) = _exported(write([late, untold]), tmp_path / "out")
    (hidden,) = [s["tool"]["name"] for s in late["tools"] if "available_from" in s]
    assert hidden not in [tool["function"]["name"] for tool in row["tools"]]
    assert len(row["tools"]) == len(late["tools"]) - 1
    assert [entry["reason"] for entry in _skipped(tmp_path / "out")] == ["late_tool"]
    assert "`tools` leaves it out" in (tmp_path / "out" / "README.md").read_text("utf-8")
