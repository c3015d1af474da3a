"""The paper's tables over again, at a small size: what is made, what is marked, what is kept."""

import runpy
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "reproduce_tables.py"
Main = Callable[[Sequence[str]], int]


def test_every_run_stands_refined_and_not_beside_the_paper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main: Main = runpy.run_path(str(SCRIPT))["main"]
    out = tmp_path / "tables"
    small = ["--domains", "logistics", "--count", "12", "--workers", "1"]
    arguments = [str(out), "--runs", "no_postprocessing", "tooldial", *small]
    assert main(arguments) == 0
    text = (out / "tables.md").read_text()
    head = next(line for line in text.split("## Table 2")[1].splitlines() if "ToolFlow" in line)
    cells = [cell.strip() for cell in head.strip("|").split("|")]
    ours = ["toolweave", "toolweave, refined"]
    assert cells[1:3] == ours
    assert "imitation" in cells[3]
    assert cells[4] == f"{cells[3]}, refined"
    assert cells[5:] == ["ToolWeave (paper)", "ToolFlow (paper)", "ToolDial (paper)"]
    assert text.count("not reproduced") == 8
    assert "<title>The paper&#39;s tables</title>" in (out / "tables.html").read_text()
    kept = (out / "tooldial" / "refined" / "dialogues.jsonl").read_bytes()
    capsys.readouterr()
    # What is there already is kept.
    assert main(arguments) == 0
    assert (out / "tooldial" / "refined" / "dialogues.jsonl").read_bytes() == kept
