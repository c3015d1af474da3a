"""``toolweave check`` on dialogues of ours and of others, and on plans."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from toolweave.cli.main import run
from toolweave.configs.shipping import shipped
from toolweave.runs.batch import batch
from toolweave.runs.simulation import simulate

Captured = pytest.CaptureFixture[str]
PLAN = "tourism_city_break"
TOOLS = '[{"type": "function", "function": {"name": "find_room", "parameters": {"type": "object",'
TOOLS += '"properties": {"city": {"type": "string"}}, "required": ["city"]}}}]'


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    return simulate(PLAN, seed=7).dump()


def foreign(name: str, arguments: str) -> dict[str, Any]:
    call = {"id": "a", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {
        "messages": [
            {"role": "user", "content": "A room in Porto, please."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "a", "content": '{"room": 12}'},
        ]
    }


def test_a_proven_dialogue_is_clean_and_a_changed_one_is_not(
    record: dict[str, Any], tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(record))
    assert run(["check", str(file)]) == 0
    assert capsys.readouterr().out == "1 dialogue checked: nothing found\n"
    spoilt = json.loads(json.dumps(record))
    call = next(m for m in spoilt["messages"] if m.get("tool_calls"))["tool_calls"][0]
    call["arguments"]["city"] = "Atlantis"
    file.write_text(json.dumps(spoilt))
    assert run(["check", str(file)]) == 1
    shown = capsys.readouterr().out
    assert f"error: {file}, message 4" in shown
    assert "Atlantis" in shown


def test_findings_as_json(record: dict[str, Any], tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "a.jsonl"
    torn = {**record, "messages": record["messages"][:-1]}
    file.write_text(f"{json.dumps(record)}\n{json.dumps(torn)}\n")
    assert run(["check", str(file), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["checked"] == 2
    assert found["errors"] == len(found["findings"]) > 0
    assert found["findings"][0]["file"] == f"{file}, line 2"
    assert found["findings"][0]["severity"] == "error"


def test_a_bad_line_is_a_finding_and_the_rest_is_checked(
    record: dict[str, Any], tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(f'{json.dumps(record)}\n{{"id":\n{json.dumps(record)}\n')
    assert run(["check", str(file)]) == 1
    shown = capsys.readouterr().out
    assert f"error: {file}, line 2: not valid JSON" in shown
    assert "3 dialogues checked: 1 error" in shown


def test_dialogues_from_elsewhere_are_checked_against_tools(
    tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "tools.json").write_text(TOOLS)
    file = tmp_path / "a.json"
    for name, arguments, code in (
        ("find_room", '{"city": "Porto"}', 0),
        ("find_room", '{"town": "Porto"}', 1),
        ("book_room", '{"city": "Porto"}', 1),
        ("find_room", '{"city": "Lagos"}', 1),
    ):
        file.write_text(json.dumps(foreign(name, arguments)))
        assert run(["check", str(file), "--tools", str(tmp_path / "tools.json")]) == code
    assert "Lagos" in capsys.readouterr().out


def test_standard_input_is_read_like_a_file(
    record: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    text = f"{json.dumps(record)}\n{{\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(["check", "-"]) == 1
    shown = capsys.readouterr().out
    assert "error: standard input, line 2: not valid JSON" in shown
    assert "2 dialogues checked" in shown


def test_plans_are_told_from_dialogues_and_checked(tmp_path: Path, capsys: Captured) -> None:
    assert run(["check", PLAN]) == 0
    assert capsys.readouterr().out == "1 plan checked: nothing found\n"
    plan = {
        "version": 1, "id": "p", "goal": "g", "tools": "tools.json",
        "segments": [{"steps": [
            {"act": "user_request"},
            {"act": "tool_invocation", "calls": [{"id": "c1", "tool": "find_room"}]},
        ]}],
    }  # fmt: skip
    (tmp_path / "tools.json").write_text(TOOLS)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    assert run(["check", str(file)]) == 1
    shown = capsys.readouterr().out
    assert f"error: {file}, step 2, c1" in shown
    assert "city" in shown
    assert "1 plan checked" in shown


def test_warnings_alone_do_not_fail(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "a.json"
    text = "Ask Bertrand or Yolanda."
    file.write_text(
        json.dumps([{"role": "user", "content": "Hi."}, {"role": "assistant", "content": text}])
    )
    assert run(["check", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "warning: " in shown
    assert "0 errors, " in shown


def test_dialogues_worded_with_ones_own_lexicon_are_proved_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir(tmp_path)
    shipping = shipped("lexicons", "customer_support")
    assert shipping is not None
    (tmp_path / "mine.yaml").write_bytes(shipping.read_bytes())
    run_file = {"version": 1, "name": "own", "plans": ["customer_support_*"], "repeats": 10}
    batch({**run_file, "lexicon": "mine.yaml"}, "out")
    file = "out/dialogues.jsonl"
    assert run(["check", file, "--lexicon", "mine.yaml"]) == 0
    # What a record names is never opened: without the option only the general words are known.
    assert run(["check", file]) == 1
    assert run(["check", file, "--lexicon", "none.yaml"]) == 2
    assert "none.yaml" in capsys.readouterr().err
