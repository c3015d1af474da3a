"""``toolweave report`` and ``toolweave compare`` on runs, on files of others, and on bad input."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import FOREIGN
from toolweave.cli.main import run
from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

Captured = pytest.CaptureFixture[str]
MARKED_UP = {"role": "user", "content": "A room in Porto, <b>please</b>."}
THEIRS = {"messages": [MARKED_UP, *FOREIGN["messages"][1:]]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("runs") / "mine"
    made.mkdir()
    records = [simulate("tourism_city_break", seed=seed).dump() for seed in range(3)]
    (made / "dialogues.jsonl").write_bytes(b"\n".join(json_bytes(record) for record in records))
    (made / "failures.jsonl").write_text('{"id": "x", "kind": "K", "reason": "it broke"}\n')
    (made / "run.yaml").write_text("version: 1\nname: mine\n")
    return made


@pytest.fixture
def theirs(tmp_path: Path) -> str:
    file = tmp_path / "theirs.jsonl"
    file.write_text(json.dumps(THEIRS) + "\n")
    return str(file)


def test_a_report_lies_in_its_run_unless_said_otherwise(folder: Path, captured: Captured) -> None:
    assert run(["report", str(folder)]) == 0
    html = (folder / "report.html").read_text()
    assert "it broke" in html
    assert "name: mine" in html
    assert html.count('<details class="dialogue">') == 3
    assert "3 dialogues" in captured.readouterr().err
    assert run(["report", str(folder), "--dialogues", "1", "--out", "-"]) == 0
    assert captured.readouterr().out.count('<details class="dialogue">') == 1


@pytest.fixture
def captured(capsys: Captured) -> Captured:
    return capsys


def test_a_report_on_others_comes_from_a_file_or_from_stdin(
    theirs: str, tmp_path: Path, captured: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "r.html"
    assert run(["report", theirs, "--out", str(out)]) == 0
    assert "&lt;b&gt;please" in out.read_text()
    assert "\x1b" not in out.read_text()
    data = io.BytesIO(json.dumps(THEIRS).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    assert run(["report", "-", "--out", str(out)]) == 0
    assert "standard input" in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["report", "{theirs}"], "--out"),
        (["report", "{missing}", "--out", "x.html"], "missing"),
        (["compare", "{theirs}", "--out", "x.pdf"], ".html or .md"),
        (["compare", "-", "-"], "twice"),
        (["compare", "{theirs}", "--verdicts", "other=x.jsonl"], "not compared"),
        (["compare", "{theirs}", "--verdicts", "x.jsonl"], "RUN=FILE"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    arguments: list[str], told: str, theirs: str, tmp_path: Path, captured: Captured
) -> None:
    names = {"theirs": theirs, "missing": str(tmp_path / "missing")}
    assert run([one.format(**names) for one in arguments]) == 2
    shown = captured.readouterr()
    assert told in shown.err
    assert shown.err.count("\n") == 1
    assert not shown.out


def test_sets_stand_side_by_side(
    folder: Path, theirs: str, tmp_path: Path, captured: Captured
) -> None:
    assert run(["compare", f"ours <1>={folder}", theirs]) == 0
    rows = [line.split("\t") for line in captured.readouterr().out.splitlines()]
    head = ["", "ours <1>", "theirs.jsonl", "ToolWeave (paper)", "ToolFlow (paper)"]
    assert [*head, "ToolDial (paper)"] in rows
    assert any(row[:3] == ["dialogues", "3", "1"] for row in rows)
    page, text = tmp_path / "c.html", tmp_path / "c.md"
    for out in (page, text):
        assert run(["compare", f"ours <1>={folder}", theirs, "--out", str(out)]) == 0
    assert "ours &lt;1&gt;" in page.read_text()
    assert "| turns, least/most/mean |" in text.read_text()
    assert "*not reproduced: no judge" in text.read_text()


def test_verdicts_beside_a_file_or_named_fill_table_4(
    folder: Path, theirs: str, tmp_path: Path, captured: Captured
) -> None:
    mark = {"score": 4}
    verdict = {
        "version": 1, "record": 1, "digest": "d", "judge": "j", "naturalness": mark,
        "coherence": mark, "helpfulness": mark, "accuracy": mark, "turns": 1,
    }  # fmt: skip
    (tmp_path / "theirs.verdicts.jsonl").write_text(json.dumps(verdict) + "\n")
    elsewhere = tmp_path / "v.jsonl"
    elsewhere.write_text(json.dumps(verdict) + "\n")
    assert run(["compare", str(folder), theirs]) == 0
    assert "naturalness\t4.00\t4.38" in captured.readouterr().out
    assert run(["compare", f"a={folder}", theirs, "--verdicts", f"a={elsewhere}"]) == 0
    assert "naturalness\t4.00\t4.00\t4.38" in captured.readouterr().out


def test_records_that_cannot_be_read_are_named(
    folder: Path, tmp_path: Path, captured: Captured
) -> None:
    file = tmp_path / "torn.jsonl"
    file.write_bytes((folder / "dialogues.jsonl").read_bytes() + b"\n{torn\n")
    for command in (
        ["report", str(file), "--out", str(tmp_path / "r.html")],
        ["compare", str(file)],
    ):
        assert run(command) == 1
        assert "line 4" in captured.readouterr().err
