"""A file of dialogues checked record by record."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.errors import InputError
from toolweave.evaluation.checking import check


def test_every_record_gets_its_verdict(tmp_path: Path, data: dict[str, Any]) -> None:
    spoilt = {**data, "id": "d2", "messages": data["messages"][:-1]}
    foreign = {"messages": [{"role": "user", "content": "Hi."}, {"role": "tool", "content": "x"}]}
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([json.dumps(data), json.dumps(spoilt), "{", json.dumps(foreign)]))
    good, bad, broken, other = check(path)
    assert (good.id, good.findings, good.clean) == ("d1", (), True)
    assert (bad.id, bad.clean) == ("d2", False)
    assert bad.findings[0].line().startswith(f"{path}, line 2, message 8, step 6")
    assert [finding.code for finding in broken.findings] == ["unreadable_record"]
    assert [finding.code for finding in other.findings] == ["answer_without_call"]


def test_given_tools_judge_foreign_calls_unless_the_record_brings_its_own(tmp_path: Path) -> None:
    call = {"id": "a", "function": {"name": "look", "arguments": "{}"}}
    messages = [{"role": "user", "content": "Hi."}, {"role": "assistant", "tool_calls": [call]}]
    answer = {"role": "tool", "tool_call_id": "a", "content": "x"}
    record = {"messages": [*messages, answer]}
    path, tools = tmp_path / "a.json", tmp_path / "tools.json"
    tools.write_text(json.dumps([{"name": "see", "parameters": {"type": "object"}}]))
    path.write_text(json.dumps(record))
    assert [finding.code for finding in next(check(path, tools)).findings] == ["unknown_tool"]
    assert next(check(path)).clean
    path.write_text(json.dumps({**record, "tools": [{"name": "look"}]}))
    assert next(check(path, tools)).clean


def test_a_warning_leaves_a_record_clean(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    ask = {"role": "assistant", "content": "Ask Bertrand or Yolanda."}
    path.write_text(json.dumps([{"role": "user", "content": "Hi."}, ask]))
    (checked,) = check(path)
    assert checked.clean
    assert checked.findings


def test_tools_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("[]")
    with pytest.raises(InputError):
        list(check(path, tmp_path / "none.json"))
