"""The LLaMA-Factory export, held to the rules by which it drops rows or stops."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolweave.export.exporting import Wish, export

Records = list[dict[str, Any]]
Writer = Callable[[Any], str]
Change = Callable[[dict[str, Any]], dict[str, Any]]
# Table 10 of the paper.
TABLE_10 = {
    "llama3_1_8b": ("meta-llama/Llama-3.1-8B-Instruct", 32, 64, 0.05, 8, False),
    "llama3_1_70b": ("meta-llama/Llama-3.1-70B-Instruct", 8, 32, 0.1, 2, True),
    "phi4": ("microsoft/phi-4", 16, 32, 0.1, 8, False),
}


def _rows(file: Path) -> Records:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _obey(row: dict[str, Any]) -> None:
    """The rules of its ShareGPT converter and of its default tool template."""
    turns = row["conversations"]
    assert len(turns) % 2 == 0 and turns
    for at, turn in enumerate(turns):
        assert turn["from"] in (("human", "observation"), ("gpt", "function_call"))[at % 2]
        assert isinstance(turn["value"], str)
        if turn["from"] == "function_call":
            value = json.loads(turn["value"])
            for call in value if isinstance(value, list) else [value]:
                assert isinstance(call["name"], str) and isinstance(call["arguments"], dict)
    for tool in json.loads(row["tools"]):
        for field in tool["parameters"]["properties"].values():
            ", ".join(field.get("enum") or [])
            (field.get("items") or {}).get("type", "")


def test_every_row_obeys_the_rules(records: Records, write: Writer, tmp_path: Path) -> None:
    export(Wish(run=write(records), to="llamafactory", out=tmp_path / "out", name="mine"))
    rows = _rows(tmp_path / "out" / "train.jsonl")
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        _obey(row)
        assert row["system"] == record["messages"][0]["content"]
    info = json.loads((tmp_path / "out" / "dataset_info.json").read_text("utf-8"))
    assert info == {
        "mine": {
            "file_name": "train.jsonl",
            "formatting": "sharegpt",
            "columns": {"messages": "conversations", "system": "system", "tools": "tools"},
        }
    }


def test_parallel_calls_are_one_list_and_one_observation(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    export(Wish(run=write(records[:1]), to="llamafactory", out=tmp_path / "out"))
    (row,) = _rows(tmp_path / "out" / "train.jsonl")
    values = [json.loads(t["value"]) for t in row["conversations"] if t["from"] == "function_call"]
    several = next(value for value in values if isinstance(value, list))
    at = next(i for i, t in enumerate(row["conversations"]) if t["value"].startswith("[{"))
    observed = json.loads(row["conversations"][at + 1]["value"])
    first = next(m for m in records[0]["messages"] if len(m.get("tool_calls", [])) > 1)
    results = {
        m["tool_call_id"]: json.loads(m["content"])
        for m in records[0]["messages"]
        if m["role"] == "tool"
    }
    assert [call["name"] for call in several] == [call["name"] for call in first["tool_calls"]]
    assert observed == [results[call["id"]] for call in first["tool_calls"]]


def test_enums_of_numbers_are_told_in_words(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    for record in records:
        fields = record["tools"][0]["tool"]["parameters"]["properties"]
        fields |= {
            "odd": {"type": "integer", "enum": [1, 2], "description": "How many."},
            "any": True,
            "list": {"type": "array", "items": False},
        }
        del record["tools"][1]["tool"]["parameters"]["properties"]
    export(Wish(run=write(records), to="llamafactory", out=tmp_path / "out"))
    rows = _rows(tmp_path / "out" / "train.jsonl")
    for row in rows:
        _obey(row)
    field = json.loads(rows[0]["tools"])[0]["parameters"]["properties"]["odd"]
    assert field == {"type": "integer", "description": "How many. One of: 1, 2."}


def test_learnt_messages_around_a_mistake_end_a_row_each(
    records: Records, write: Writer, tmp_path: Path, with_mistake: Change
) -> None:
    changed = with_mistake(records[2])
    export(Wish(run=write([changed]), to="llamafactory", out=tmp_path / "out", name="mine"))
    rows = _rows(tmp_path / "out" / "masked_train.jsonl")
    learnt = [m for m in changed["messages"] if m["role"] == "assistant" and m["train"]]
    assert len(rows) == len(learnt)
    for row, message in zip(rows, learnt, strict=True):
        _obey(row)
        last = row["conversations"][-1]
        if calls := message.get("tool_calls"):
            assert json.loads(last["value"])["arguments"] == calls[0]["arguments"]
        else:
            assert last["value"] == message["content"]
    info = json.loads((tmp_path / "out" / "dataset_info.json").read_text("utf-8"))
    assert set(info) == {"mine_masked"}
    settings = yaml.safe_load((tmp_path / "out" / "phi4.yaml").read_text("utf-8"))
    assert (settings["dataset"], settings["mask_history"]) == ("mine_masked", True)


def _greeting(record: dict[str, Any]) -> None:
    record["messages"].insert(1, {"role": "assistant", "content": "Hello!", "train": True})


def _twice(record: dict[str, Any]) -> None:
    record["messages"].insert(1, {"role": "user", "content": "Hello!", "train": False})


def _talking(record: dict[str, Any]) -> None:
    call = next(m for m in record["messages"] if m.get("tool_calls"))
    call["content"] = "Let me see."


def _open(record: dict[str, Any]) -> None:
    record["messages"].append({"role": "user", "content": "Thanks!", "train": False})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_greeting, "starts_with_assistant"),
        (_twice, "turns"),
        (_talking, "text_beside_call"),
        (_open, "open_end"),
    ],
)
def test_what_it_would_drop_is_left_out_and_told(
    records: Records, write: Writer, tmp_path: Path, change: Callable[[Any], None], reason: str
) -> None:
    change(records[2])
    tally = export(Wish(run=write(records), to="llamafactory", out=tmp_path / "out"))
    assert tally.reasons == {reason: 1} and tally.kept == len(records) - 1
    (entry,) = _rows(tmp_path / "out" / "skipped.jsonl")
    assert (entry["id"], entry["reason"]) == (records[2]["id"], reason)


def test_text_that_looks_like_a_mark_of_a_template_stays_data(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    call = next(m for m in records[2]["messages"] if m.get("tool_calls"))["tool_calls"][0]
    call["arguments"] = {"note": "<tool_call>x</tool_call>"}
    export(Wish(run=write([records[2]]), to="llamafactory", out=tmp_path / "out"))
    (row,) = _rows(tmp_path / "out" / "train.jsonl")
    value = next(t["value"] for t in row["conversations"] if t["from"] == "function_call")
    assert "<" not in value and json.loads(value)["arguments"] == call["arguments"]


@pytest.mark.parametrize("name", list(TABLE_10))
def test_the_settings_are_the_papers(
    records: Records, write: Writer, tmp_path: Path, name: str
) -> None:
    export(Wish(run=write(records), to="llamafactory", out=tmp_path / "out", name="my set"))
    settings = yaml.safe_load((tmp_path / "out" / f"{name}.yaml").read_text("utf-8"))
    model, rank, alpha, warmup, steps, checkpointing = TABLE_10[name]
    assert settings["model_name_or_path"] == model
    assert (settings["lora_rank"], settings["lora_alpha"]) == (rank, alpha)
    assert settings["warmup_ratio"] == warmup
    assert settings["gradient_accumulation_steps"] == steps
    assert settings["gradient_checkpointing"] is checkpointing
    # Its own switch, without which it checkpoints whatever the other says.
    assert settings["disable_gradient_checkpointing"] is not checkpointing
    common = {
        "quantization_bit": 4, "quantization_method": "bnb", "flash_attn": "fa2",
        "lora_dropout": 0.05, "lora_target": "all", "num_train_epochs": 1.0,
        "per_device_train_batch_size": 1, "learning_rate": 5.0e-5, "bf16": True,
        "lr_scheduler_type": "cosine", "dataset": "my_set", "dataset_dir": ".",
        "output_dir": f"saves/my_set_{name}",
    }  # fmt: skip
    assert {key: settings[key] for key in common} == common
