"""``toolweave export``: what it prints, and its exit codes."""

import json
from pathlib import Path

import pytest

from toolweave.cli.main import run
from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def dialogues(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("export") / "dialogues.jsonl"
    made = [simulate("ecommerce_return", seed=seed).dump() for seed in range(3)]
    file.write_bytes(b"".join(json_bytes(record) + b"\n" for record in made))
    return str(file)


def test_an_export_says_what_came_out(dialogues: str, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "out"
    assert run(["export", dialogues, "--to", "openai", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    for line in ("export: openai", "read: 3", "kept: 3", "left out: 0", "rows: 3 (train 3)"):
        assert line in shown.splitlines()
    assert {path.name for path in out.iterdir()} == {"README.md", "skipped.jsonl", "train.jsonl"}


def test_a_record_that_cannot_be_read_gives_exit_code_1(
    dialogues: str, tmp_path: Path, capsys: Captured
) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(b"{torn\n" + Path(dialogues).read_bytes())
    out = tmp_path / "out"
    assert run(["export", str(torn), "--to", "trl", "--out", str(out)]) == 1
    shown = capsys.readouterr()
    assert "left out: 1 (unreadable 1)" in shown.out
    assert "1 record left out" in shown.err and "skipped.jsonl" in shown.err
    assert json.loads((out / "skipped.jsonl").read_text("utf-8"))["line"] == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{file}", "--to", "opnai", "--out", "{out}"], "did you mean 'openai'?"),
        (["{file}.nowhere", "--to", "openai", "--out", "{out}"], "there is no such run"),
        (["{file}", "--to", "openai", "--out", "{out}", "--split", "2"], "between 0 and 1"),
        (["{folder}", "--to", "openai", "--out", "{out}"], "holds no dialogues.jsonl"),
        (["{file}", "--to", "openai", "--out", "{out}", "--split", "0.5"], "leaves nothing"),
    ],
)
def test_bad_input_is_one_line(
    dialogues: str, tmp_path: Path, capsys: Captured, arguments: list[str], told: str
) -> None:
    named = {"file": dialogues, "out": str(tmp_path / "out"), "folder": str(tmp_path)}
    assert run(["export", *(text.format(**named) for text in arguments)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
