"""Dialogue files: ours and foreign, whole and by line, with bad records among them."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.errors import InputError
from toolweave.evaluation.checking import check
from toolweave.evaluation.loading import load_dialogues

MESSAGES = [{"role": "user", "content": "Hello."}]


def write(folder: Path, name: str, *records: object) -> Path:
    path = folder / name
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in records) + "\n")
    return path


def test_ours_and_foreign_records_in_one_file(tmp_path: Path, data: dict[str, Any]) -> None:
    path = write(tmp_path, "a.jsonl", data, {"id": 4, "messages": MESSAGES}, MESSAGES)
    ours, named, bare = load_dialogues(path)
    assert ours.dialogue is not None
    assert (ours.id, ours.place) == ("d1", "line 1")
    assert named.messages == tuple(MESSAGES)
    assert (named.id, named.tools) == ("4", None)
    assert bare.messages == tuple(MESSAGES)


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        '{"messages": 3}',
        "7",
        '{"messages": [4]}',
        '{"plan": {}, "messages": []}',
        '{"a":1,"a":2}',
    ],
)
def test_one_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, bad: str) -> None:
    path = write(tmp_path, "a.jsonl", {"messages": MESSAGES}, "", bad, {"messages": MESSAGES})
    first, broken, last = load_dialogues(path)
    assert first.messages == last.messages == tuple(MESSAGES)
    assert broken.problem is not None
    assert broken.problem.code == "unreadable_record"
    assert broken.problem.line().startswith(f"{path}, line 3: ")


def test_tools_in_the_record(tmp_path: Path) -> None:
    tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
    path = write(tmp_path, "a.jsonl", {"messages": MESSAGES, "tools": tools})
    (loaded,) = load_dialogues(path)
    assert loaded.tools is not None
    assert [tool.name for tool in loaded.tools] == ["look"]


@pytest.mark.parametrize("tools", [[{"name": "bad name"}], "x", [3], {"$ref": "http://x"}])
def test_bad_tools_in_the_record_are_named_and_its_messages_kept(
    tmp_path: Path, tools: object
) -> None:
    path = write(tmp_path, "a.jsonl", {"messages": MESSAGES, "tools": tools})
    (loaded,) = load_dialogues(path)
    assert loaded.problem is None and loaded.tools is None
    assert loaded.messages == tuple(MESSAGES)
    assert [flaw.code for flaw in loaded.flaws] == ["unusable_tools"]
    (checked,) = check(path)
    assert [one.code for one in checked.findings][:1] == ["unusable_tools"]
    assert not checked.clean


def test_a_plan_of_somebody_else_is_none_of_ours(tmp_path: Path) -> None:
    record = {"messages": MESSAGES, "plan": "first look, then book", "domain": "hotels"}
    (loaded,) = load_dialogues(write(tmp_path, "a.jsonl", record))
    assert loaded.messages == tuple(MESSAGES)
    assert loaded.domain == "hotels"


def test_zero_bytes_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"messages": []}'.encode("utf-16-le") + b'\n{"messages": []}\n')
    wide, fine = load_dialogues(path)
    assert wide.problem is not None and "UTF-8" in wide.problem.line()
    assert fine.problem is None


def test_json_files_hold_one_or_many(tmp_path: Path, data: dict[str, Any]) -> None:
    (one,) = load_dialogues(write(tmp_path, "one.json", json.dumps(data, indent=1)))
    assert one.dialogue is not None
    (bare,) = load_dialogues(write(tmp_path, "bare.json", MESSAGES))
    assert bare.messages == tuple(MESSAGES)
    many = list(load_dialogues(write(tmp_path, "many.json", [{"messages": MESSAGES}, data])))
    assert [item.place for item in many] == ["[0]", "[1]"]


def test_lines_in_a_file_called_json(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", {"messages": MESSAGES}, {"messages": MESSAGES})
    assert [item.place for item in load_dialogues(path)] == ["line 1", "line 2"]


def test_a_json_file_that_is_no_json(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not valid JSON"):
        list(load_dialogues(write(tmp_path, "a.json", "{")))


def test_a_file_without_a_dialogue(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no dialogue"):
        list(load_dialogues(write(tmp_path, "a.jsonl", "\n")))


def test_a_run_whose_every_dialogue_failed_names_its_failures(tmp_path: Path) -> None:
    path = tmp_path / "dialogues.jsonl"
    path.touch()
    for failures, told in (("", "write one JSON object"), ("{}\n", "failures.jsonl says why")):
        (tmp_path / "failures.jsonl").write_text(failures)
        with pytest.raises(InputError, match=told):
            list(load_dialogues(path))


def test_standard_input(monkeypatch: pytest.MonkeyPatch, data: dict[str, Any]) -> None:
    raw = json.dumps(data, indent=1).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    (loaded,) = load_dialogues("-")
    assert loaded.dialogue is not None


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="check the path"):
        list(load_dialogues(tmp_path / "none.jsonl"))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"messages": []}\n\xff\xfe{}\n')
    fine, broken = load_dialogues(path)
    assert fine.messages == ()
    assert broken.problem is not None


def test_an_unsupported_version_says_so(tmp_path: Path, data: dict[str, Any]) -> None:
    (loaded,) = load_dialogues(write(tmp_path, "a.jsonl", {**data, "version": 0}))
    assert loaded.problem is not None
    assert "version" in loaded.problem.problem


def test_a_folder_where_a_file_belongs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name a file, not a folder"):
        list(load_dialogues(tmp_path))
