"""The TRL and Axolotl exports: objects or text, and what is learnt."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from toolweave.export.exporting import Wish, export

Records = list[dict[str, Any]]
Writer = Callable[[Any], str]
Change = Callable[[dict[str, Any]], dict[str, Any]]


def _rows(file: Path) -> Records:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_trl_has_objects_and_both_names_of_a_result(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    export(Wish(run=write(records), to="trl", out=tmp_path / "out"))
    rows = _rows(tmp_path / "out" / "train.jsonl")
    assert len(rows) == len(records)
    seen = 0
    for row, record in zip(rows, records, strict=True):
        assert set(row) == {"messages", "tools"}
        for message, was in zip(row["messages"], record["messages"], strict=True):
            assert message["content"] == was["content"]
            for call, made in zip(
                message.get("tool_calls", []), was.get("tool_calls", []), strict=True
            ):
                seen += 1
                assert call["function"] == {"name": made["name"], "arguments": made["arguments"]}
            if message["role"] == "tool":
                assert message["name"] and message["tool_call_id"]
        assert all("description" in tool["function"] for tool in row["tools"])
    assert seen


def test_trl_cuts_around_what_is_not_learnt(
    records: Records, write: Writer, tmp_path: Path, with_mistake: Change
) -> None:
    changed = with_mistake(records[2])
    tally = export(Wish(run=write([changed, records[3]]), to="trl", out=tmp_path / "out"))
    whole, cut = (_rows(tmp_path / "out" / f"{n}train.jsonl") for n in ("", "masked_"))
    assert len(whole) == 1 and tally.kept == 2 and tally.rows == 1 + len(cut)
    learnt = [m for row in cut for m in row["completion"] if m["role"] == "assistant"]
    wanted = [m for m in changed["messages"] if m["role"] == "assistant" and m["train"]]
    assert [m["content"] for m in learnt] == [m["content"] for m in wanted]
    ids = [call["id"] for m in learnt for call in m.get("tool_calls", [])]
    assert ids == [call["id"] for m in wanted for call in m.get("tool_calls", [])]
    for row in cut:
        assert row["completion"][0]["role"] == row["completion"][-1]["role"] == "assistant"
        whole_text = [m["content"] for m in row["prompt"] + row["completion"]]
        assert whole_text == [m["content"] for m in changed["messages"]][: len(whole_text)]


def test_a_number_that_would_stop_the_loader_of_objects_is_left_out(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    call = next(m for m in records[2]["messages"] if m.get("tool_calls"))["tool_calls"][0]
    call["arguments"]["much"] = 10**30
    file = json.dumps(records[2]).encode()
    tally = export(Wish(run=write([file, records[3]]), to="trl", out=tmp_path / "out"))
    assert tally.reasons == {"big_number": 1} and tally.kept == 1
    assert export(Wish(run=write([file]), to="axolotl", out=tmp_path / "text")).kept == 1


def test_axolotl_flags_every_message_and_names_its_fields(
    records: Records, write: Writer, tmp_path: Path, with_mistake: Change
) -> None:
    given = [with_mistake(records[2]), *records[3:]]
    export(Wish(run=write(given), to="axolotl", out=tmp_path / "out"))
    rows = _rows(tmp_path / "out" / "train.jsonl")
    for row, record in zip(rows, given, strict=True):
        assert [m["train"] for m in row["messages"]] == [m["train"] for m in record["messages"]]
        assert [t["function"]["name"] for t in json.loads(row["tools"])] == [
            shown["tool"]["name"] for shown in record["tools"]
        ]
        for message in row["messages"]:
            for call in message.get("tool_calls", []):
                assert isinstance(json.loads(call["function"]["arguments"]), dict)
    (entry,) = yaml.safe_load((tmp_path / "out" / "axolotl.yaml").read_text("utf-8"))["datasets"]
    assert entry["type"] == "chat_template" and entry["message_field_training"] == "train"
    assert {entry["field_messages"], entry["field_tools"]} == set(rows[0])
    assert (tmp_path / "out" / entry["path"]).is_file()
