"""``toolweave visualize tools``: graphs and toolsets from files, and what is said of bad ones."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from toolweave.cli.main import run
from toolweave.core.graph import Link, ToolGraph
from toolweave.toolgraph.readers import load_tools

Captured = pytest.CaptureFixture[str]
STARTS = {"png": b"\x89PNG", "html": b"<!", "svg": b"<", "mermaid": b"---", "ascii": b"customer"}
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """A graph of one shipped toolset: two tools give the case's number to four."""
    toolset = load_tools(Path(__file__).parents[2] / "configs/tools/customer_support.yaml")
    links = tuple(
        Link(source=s, output=o, target=t, parameter=p, kind="same_name", score=1)
        for s, o in (("open_case", "case_id"), ("list_cases", "cases[].case_id"))
        for t, p in (("get_case", "case_id"), ("assign_case", "support_case_id"))
    )
    file = tmp_path / "graph.json"
    made = ToolGraph(version=1, toolset=toolset, links=links)
    file.write_text(made.model_dump_json(), encoding="utf-8")
    return file


@pytest.mark.parametrize("form", STARTS)
def test_a_tool_graph_is_written_in_every_format(form: str, graph: Path, tmp_path: Path) -> None:
    out = tmp_path / f"drawing.{form}"
    assert run(["visualize", "tools", str(graph), "--format", form, "--out", str(out)]) == 0
    assert out.read_bytes().startswith(STARTS[form])


def test_links_are_shown_and_nothing_is_noted(graph: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert run(["visualize", "tools", str(graph)]) == 0
    shown = capsys.readouterr()
    assert "cases[].case_id → support_case_id" in shown.out
    assert shown.err == ""


def test_a_graph_is_read_from_stdin(
    graph: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(graph.read_bytes())))
    capsys.readouterr()
    assert run(["visualize", "tools", "-", "--format", "mermaid"]) == 0
    assert '(["case_id"])' in capsys.readouterr().out


def test_tools_without_links_are_drawn_with_the_command_that_makes_them(capsys: Captured) -> None:
    assert run(["visualize", "tools", "tourism"]) == 0
    shown = capsys.readouterr()
    assert "search_hotels" in shown.out and "no links" in shown.out
    assert "toolweave tools link tourism --out GRAPH.json" in shown.err


def test_what_is_wrong_with_a_graph_is_one_line(
    graph: Path, tmp_path: Path, capsys: Captured
) -> None:
    data = json.loads(graph.read_text(encoding="utf-8"))
    data["links"][1]["source"] = "nobody"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(data), encoding="utf-8")
    misspelt = tmp_path / "misspelt.json"
    misspelt.write_text(json.dumps({**data, "linkz": []}), encoding="utf-8")
    twice = tmp_path / "twice.json"
    data["toolset"]["tools"] *= 2
    twice.write_text(json.dumps(data), encoding="utf-8")
    for file, told in (
        (bad, "links[1]: there is no tool 'nobody'"),
        (misspelt, "unknown key 'linkz'"),
        (twice, "toolset.tools[9]: tool 'get_customer_profile' stands twice"),
        (tmp_path / "none.json", "there is no such file"),
    ):
        capsys.readouterr()
        assert run(["visualize", "tools", str(file)]) == 2
        shown = capsys.readouterr()
        assert told in shown.err and shown.err.count("\n") == 1 and shown.out == ""
    assert run(["visualize", "tools"]) == 2
    assert "no tools are named" in capsys.readouterr().err


@pytest.mark.external
@pytest.mark.skipif(CHROMIUM is None, reason="no browser here")
def test_a_browser_lights_what_is_linked_to_the_tool_that_is_chosen(
    graph: Path, tmp_path: Path
) -> None:
    out = tmp_path / "graph.html"
    assert run(["visualize", "tools", str(graph), "--out", str(out)]) == 0
    press = (
        '<script>document.querySelector("#index li:nth-child(2) button").click();'
        "document.title = [...document.querySelectorAll('.node.lit')]"
        ".map((node) => node.getAttribute('aria-label')).join(' ');</script>"
    )
    page = tmp_path / "pressed.html"
    page.write_text(out.read_text(encoding="utf-8") + press, encoding="utf-8")
    assert CHROMIUM is not None
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    seen = subprocess.run(
        [*command, profile, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    ).stdout
    assert "<title>open_case get_case assign_case case_id</title>" in seen
