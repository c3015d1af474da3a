"""``toolweave visualize``: every format, to files and to stdout."""

import io
import sys
from pathlib import Path

import pytest

from toolweave.cli.main import run

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("what", [["agents"], ["plan", "tourism_city_break"]])
@pytest.mark.parametrize("form", ["ascii", "mermaid", "svg", "png", "html"])
def test_a_file_holds_the_drawing(what: list[str], form: str, tmp_path: Path) -> None:
    file = tmp_path / f"drawing.{form}"
    assert run(["visualize", *what, "--format", form, "--out", str(file)]) == 0
    starts = {"png": b"\x89PNG", "html": b"<!", "svg": b"<", "mermaid": b"-"}
    assert file.read_bytes().startswith(starts.get(form, b"T" if what == ["agents"] else b"t"))


def test_text_goes_to_stdout_and_nothing_else_does(capsys: Captured) -> None:
    assert run(["visualize", "agents"]) == 0
    shown = capsys.readouterr()
    assert "clarification" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert shown.err == ""
    assert run(["visualize", "plan", "tourism_city_break", "--format", "mermaid"]) == 0
    assert "flowchart" in capsys.readouterr().out


def test_the_suffix_names_the_format(tmp_path: Path) -> None:
    assert run(["visualize", "agents", "--out", str(tmp_path / "a.svg")]) == 0
    assert "<svg" in (tmp_path / "a.svg").read_text()
    assert run(["visualize", "agents", "--out", str(tmp_path / "a")]) == 0
    assert "memory" in (tmp_path / "a").read_text()


def test_a_picture_is_kept_off_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    class Terminal(io.TextIOWrapper):
        """Says that a person looks at it."""

        def isatty(self) -> bool:
            return True

    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Terminal(raw))
    assert run(["visualize", "agents", "--format", "png"]) == 2
    assert raw.getvalue() == b""
    assert "--out" in capsys.readouterr().err


def test_a_terminal_without_these_characters_gets_others(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert run(["visualize", "agents"]) == 0
    assert b"clarification" in raw.getvalue()
